/** Which roles somebody has, as boxes to check; each says what it is for. */
import { ROLE_NAMES, ROLES } from '../../api/roles.ts';
import type { Role } from '../../api/types.ts';
import form from '../../ui/form.module.css';

interface RolesFieldProps {
  chosen: readonly Role[];
  onChange: (roles: Role[]) => void;
  error: string | undefined;
}

export function RolesField({ chosen, onChange, error }: RolesFieldProps) {
  const toggle = (role: Role, on: boolean) => onChange(ROLE_NAMES.filter((one) => (one === role ? on : chosen.includes(one))));
  return (
    <fieldset className={form.choices}>
      <legend>Roles</legend>
      {ROLE_NAMES.map((role) => {
        const [name, does] = ROLES[role];
        return (
          <label key={role}>
            <input type="checkbox" checked={chosen.includes(role)} onChange={(event) => toggle(role, event.target.checked)} />
            <span>
              {name} <small data-below="">{does}</small>
            </span>
          </label>
        );
      })}
      {error && (
        <p className={form.error} role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
