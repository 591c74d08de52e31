/** The head of an asset's page: what it is, in which state, whose. */
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Asset } from '../../api/types.ts';
import { languageName } from '../../api/languages.ts';
import { StatusBadge, Tag } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { PageTitle } from '../../ui/pageTitle.tsx';
import styles from './assetHeader.module.css';
import { EditAsset } from './editAsset.tsx';

export function AssetHeader({ asset, projectKey }: { asset: Asset; projectKey: string }) {
  const [editing, setEditing] = useState(false);
  return (
    <header className={styles.head}>
      <nav aria-label="Breadcrumb" className={styles.crumbs}>
        <Link to="/projects/$project" params={{ project: projectKey }}>
          Library
        </Link>
        <span aria-hidden="true">/</span>
        <span className={styles.key}>{asset.key}</span>
      </nav>
      <div className={styles.line}>
        <PageTitle>{asset.title}</PageTitle>
        <StatusBadge status={asset.status ?? null} />
        {asset.can.includes('asset.update') && (
          <Button variant="quiet" size="small" icon="edit" onClick={() => setEditing(true)}>
            Edit details
          </Button>
        )}
      </div>
      <p className={styles.facts}>
        <span>Owner {asset.owner.name}</span>
        <span title={asset.language}>{languageName(asset.language)}</span>
        {asset.tags.length > 0 && (
          <span className={styles.tags}>
            {asset.tags.map((tag) => (
              <Tag key={tag}>{tag}</Tag>
            ))}
          </span>
        )}
      </p>
      {editing && <EditAsset asset={asset} onClose={() => setEditing(false)} />}
    </header>
  );
}
