/** The record of what happens in no project, with its filters and the open event in the address: a tab of the admin's. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { AuditLog } from '../features/audit/auditLog.tsx';
import { sessionQuery } from '../features/session/queries.ts';
import { set } from './search.ts';

export function AdminAuditPage() {
  const { event, ...filters } = useSearch({ from: '/inside/admin/audit' });
  const navigate = useNavigate({ from: '/admin/audit' });
  const { data: session } = useSuspenseQuery(sessionQuery);
  return (
    <>
      <title>Audit · Admin · VoiceOps Studio</title>
      <AuditLog
        project={null}
        can={session.can}
        filters={filters}
        open={event}
        onFilter={(change) => void navigate({ search: (old) => set({ ...old, ...change }), replace: true, resetScroll: false })}
        onOpen={(next) => void navigate({ search: (old) => set({ ...old, event: next }), resetScroll: false })}
      />
    </>
  );
}
