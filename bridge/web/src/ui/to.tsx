// A link to an incident, a problem, a review or an article.
import type { ComponentChildren } from 'preact';
import { incidentAddress, recordAddress } from '../model/address';
import { kindOfKey } from '../model/records';
import { follow, usePage } from './hooks';

// By its key: an incident, or another record.
export function To({ at, children }: { at: string; children?: ComponentChildren }) {
  const { go } = usePage();
  const kind = kindOfKey(at);
  const address = kind ? recordAddress(kind, at) : incidentAddress(at);
  return <a href={address} onClick={(e) => follow(e, () => go(address))}>{children ?? at}</a>;
}
