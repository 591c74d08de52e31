/** Letting a version pass in spite of a finding, with a reason. */
import { asProblem } from '../../api/client.ts';
import { CHECKS } from '../../api/checks.ts';
import type { CheckResult, Version } from '../../api/types.ts';
import { Field } from '../../ui/field.tsx';
import { FormDialog } from '../../ui/formDialog.tsx';
import { textOf } from '../../ui/form.ts';
import { toast } from '../../ui/toast.tsx';
import { useWaive } from './queries.ts';

interface WaiveCheckProps {
  version: Version;
  result: CheckResult;
  onClose: () => void;
}

export function WaiveCheck({ version, result, onClose }: WaiveCheckProps) {
  const waive = useWaive(version, result.check);
  const [name] = CHECKS[result.check];
  const problem = waive.isError ? asProblem(waive.error) : null;
  const submit = (values: FormData) =>
    waive.mutate(textOf(values, 'reason'), {
      onSuccess: () => {
        toast(`${name} waived`);
        onClose();
      },
    });
  return (
    <FormDialog
      title={`Waive ${name} for version ${version.number}`}
      deed="Waive"
      busy={waive.isPending}
      refused={problem?.whole}
      onSubmit={submit}
      onClose={onClose}
    >
      <p>
        {result.detail} The finding stays on the version, with your name and your reason beside it; it no longer keeps the version from review.
        This cannot be taken back.
      </p>
      <Field label="Reason" hint="Kept in the record, for whoever asks later" error={problem?.field('reason')}>
        {(bound) => <input {...bound} name="reason" maxLength={500} autoComplete="off" />}
      </Field>
    </FormDialog>
  );
}
