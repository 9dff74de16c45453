// Somebody by the name that people know, with the account as the hint: that is what forms and the
// search take as well.
import { usePage } from './hooks';

export function Person({ account }: { account: string }) {
  const shown = usePage().reading.name(account);
  return <span {...(shown !== account ? { title: account } : {})}>{shown}</span>;
}
