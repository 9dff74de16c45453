// The one form of the page: draws the fields that model/forms.ts names, and sends them.
import { useEffect, useState } from 'preact/hooks';
import type { Action } from '../model/actions';
import { body, fieldsOf, firstValues, wrong } from '../model/forms';
import type { About, Field, FormName, Values } from '../model/forms';
import type { Failure } from '../net/api';
import { Input } from './fields';
import { titleOf, usePage } from './hooks';
import { reasonOf } from './notices';
import { Sheet } from './sheets';

interface Props {
  form: FormName;
  title: string;
  button: string;
  subject?: string; // what it is about, in a line
  incident?: string; // its key
  first?: Values;
  // The failure stays in the form, with what was typed; none: it is done.
  send(values: Values, fields: readonly Field[]): Promise<Failure | null> | null;
  close(): void;
}

export function useAbout(incident?: string): About {
  const { store } = usePage();
  const row = (incident && store.rows().get(incident)) || null;
  const detail = store.incident();
  return { row, detail: detail?.key === incident ? detail : null, choices: store.choices, me: store.me };
}

export function FormSheet({ form, title, button, subject, incident, first, send, close }: Props) {
  const { store, words } = usePage();
  useEffect(() => void store.readChoices(), []);
  const about = useAbout(incident);
  const fields = fieldsOf(form, about);
  const [typed, setTyped] = useState<Values>(first ?? {});
  const [missing, setMissing] = useState<string | null>(null);
  const [problem, setProblem] = useState('');
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const values = { ...firstValues(fields, about), ...typed };

  const submit = async (filled = values): Promise<void> => {
    if (busy) return;
    const found = wrong(fields, filled, about);
    setMissing(found?.field ?? null);
    if (found) return setProblem(found.is === 'missing' ? words.form.required : words.form.noMatcher(found.line));
    setBusy(true);
    const refused = await send(filled, fields);
    setBusy(false);
    if (refused) setFailure(refused);
    else close();
  };
  return (
    <Sheet title={title} close={close}>
      <form
        data-form={form}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void submit();
        }}
      >
        {subject && <p class="soft sheet-about">{subject}</p>}
        {fields.map((field, i) => (
          <Input key={field.name} form={form} field={field} about={about} values={values} first={i === 0}
            problem={missing === field.name ? problem : ''}
            send={(value) => void submit({ ...values, [field.name]: value })}
            set={(value) => setTyped((before) => ({ ...before, [field.name]: value }))} />
        ))}
        {failure && <p class="missing" role="alert">{reasonOf(failure, words)}</p>}
        <div class="sheet-buttons">
          <button type="button" class="large" onClick={close}>{words.form.cancel}</button>
          <button type="submit" class="large primary" {...(fields.length === 0 ? { 'data-first': true } : {})}>{button}</button>
        </div>
      </form>
    </Sheet>
  );
}

// An action answers at once and is taken back when the bridge refuses (model/store.ts), so the form
// does not wait.
export function ActionSheet({ incidentKey, action, close }: { incidentKey: string; action: Action; close(): void }) {
  const page = usePage();
  const { store, words } = page;
  const row = store.rows().get(incidentKey);
  return (
    <FormSheet form={action} title={`${words.action[action]} · ${incidentKey}`} button={words.action[action]}
      subject={row ? titleOf(page, row) : ''} incident={incidentKey} close={close}
      send={(values, fields) => {
        void store.act(incidentKey, action, body(fields, values));
        return null;
      }} />
  );
}
