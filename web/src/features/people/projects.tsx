/** The projects of the installation: what they are called, and new ones. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { asProblem } from '../../api/client.ts';
import type { Project } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { PageTitle } from '../../ui/pageTitle.tsx';
import rows from '../../ui/rows.module.css';
import { Empty, Failure, Skeleton } from '../../ui/state.tsx';
import { NameProject } from './nameProject.tsx';
import { allProjectsQuery } from './queries.ts';

export function Projects({ mayCreate }: { mayCreate: boolean }) {
  const [open, setOpen] = useState<Project | 'new' | null>(null);
  const projects = useQuery(allProjectsQuery);
  const create = mayCreate && (
    <Button variant="primary" icon="plus" onClick={() => setOpen('new')}>
      New project
    </Button>
  );
  return (
    <>
      <header className={rows.head}>
        <PageTitle>Projects</PageTitle>
        {projects.data && <span>{projects.data.length}</span>}
        {create}
      </header>
      {projects.isPending && (
        <div className={rows.loading}>
          <Skeleton lines={4} label="Loading the projects" />
        </div>
      )}
      {projects.isError && !projects.data && (
        <Failure
          title={asProblem(projects.error).title}
          detail={asProblem(projects.error).message}
          onRetry={() => void projects.refetch()}
        />
      )}
      {projects.data?.length === 0 && (
        <div className={rows.rows}>
          <Empty title="No project yet">A project is one team with its assets. Who makes it is its owner, and invites the others.</Empty>
        </div>
      )}
      {projects.data && projects.data.length > 0 && (
        <ul className={rows.rows} aria-label="Projects">
          {projects.data.map((project) => (
            <li key={project.id}>
              <span className={rows.what}>
                <strong>{project.name}</strong>
                <small>{project.key}</small>
              </span>
              <span className={rows.quiet}>{project.roles.length > 0 ? `You: ${project.roles.join(', ')}` : 'You are no member'}</span>
              <span />
              <span className={rows.does}>
                {project.can.includes('project.update') && (
                  <Button variant="quiet" size="small" aria-label={`Rename ${project.name}`} onClick={() => setOpen(project)}>
                    Rename
                  </Button>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
      {open && <NameProject project={open === 'new' ? null : open} onClose={() => setOpen(null)} />}
    </>
  );
}
