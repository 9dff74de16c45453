// What helps with an incident: known problems, runbooks and articles, and how similar ones ended.
import { useState } from 'preact/hooks';
import { incidentAddress } from '../model/address';
import { object, text } from '../model/parse';
import { duration, exactTime } from '../model/time';
import type { Detail, Past, Problem, Row } from '../model/types';
import { StateGlyph } from './glyphs';
import { To } from './to';
import { follow, titleOf, useNow, usePage } from './hooks';
import { useRead } from './read';

export function Links({ value }: { value: Detail }) {
  const { words, go } = usePage();
  const kin = [
    [words.detail.predecessor, value.predecessor],
    [words.detail.successor, value.successor],
  ] as const;
  const links = value.links.map((link) => ({
    ...link,
    title: words.link[link.title] ?? link.title,
  }));
  if (links.length === 0 && !kin.some(([, key]) => key)) return null;
  return (
    <ul class="links">
      {links.map((link) => (
        <li key={link.url}>
          <a href={link.url} target="_blank" rel="noopener noreferrer">{link.title}</a>
        </li>
      ))}
      {kin.map(([name, key]) =>
        key ? (
          <li key={key}>
            {name}{' '}
            <a href={incidentAddress(key)} onClick={(e) => follow(e, () => go(incidentAddress(key)))}>{key}</a>
          </li>
        ) : null,
      )}
    </ul>
  );
}

function Other({ at, children }: { at: string; children: string }) {
  const { go } = usePage();
  const address = incidentAddress(at);
  return <a href={address} onClick={(e) => follow(e, () => go(address))}>{children}</a>;
}

export function Problems({ problems }: { problems: readonly Problem[] }) {
  const { words } = usePage();
  return (
    <>
      {problems.map((problem) => (
        <p class="problem" key={problem.key}>
          <strong><To at={problem.key}>{words.detail.problem(problem.key)}</To></strong> {problem.title}
          {problem.workaround && <span class="workaround">{words.detail.workaround(problem.workaround)}</span>}
        </p>
      ))}
    </>
  );
}

export function Articles({ articles }: { articles: Detail['articles'] }) {
  const { words } = usePage();
  if (articles.length === 0) return null;
  return (
    <section class="articles">
      <h2>{words.detail.articles}</h2>
      {articles.map(({ key, title }) => <Article key={key} at={key} title={title} />)}
    </section>
  );
}

function Article({ at, title }: { at: string; title: string }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {open && <ArticleText at={at} />}
    </details>
  );
}

function ArticleText({ at }: { at: string }) {
  const { words } = usePage();
  const { load, value } = useRead(`/api/v1/articles/${encodeURIComponent(at)}`, (said) => text(object(said)['text']));
  if (value === null) return load === 'loading' ? null : <p class="soft">{words.detail.articleFailed}</p>;
  return (
    <>
      <p class="article-text">{value}</p>
      <p><To at={at} /></p>
    </>
  );
}

export function Similar({ similar, title }: { similar: readonly Past[]; title: string }) {
  const { words, clock, reading } = usePage();
  const now = useNow(60_000);
  const ending = (by: string): string =>
    by === 'system' ? words.detail.endedByItself : by && words.detail.endedBy(reading.name(by));
  if (similar.length === 0) return null;
  return (
    <section class="similar">
      <h2>{title}</h2>
      <ul>
        {similar.map((past) => (
          <li key={past.key}>
            <p class="similar-head">
              <StateGlyph state={past.state} />
              <Other at={past.key}>{past.title}</Other>
              <span class="soft">{words.state[past.state]}</span>
              {past.resolvedAt !== null && (
                <time class="soft" dateTime={new Date(past.resolvedAt).toISOString()} title={exactTime(past.resolvedAt, clock)}>
                  {words.ago(duration(now - past.resolvedAt, words))}
                </time>
              )}
            </p>
            {past.solution && <p>{past.solution}</p>}
            {!past.solution && !past.cause && ending(past.resolvedBy) && <p class="soft">{ending(past.resolvedBy)}</p>}
            {past.cause && <p class="soft">{words.detail.cause}{words.colon}{words.cause[past.cause] ?? past.cause}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}

// Of a storm: those that it stands for.
export function Children({ rows }: { rows: readonly Row[] }) {
  const page = usePage();
  const { words } = page;
  if (rows.length === 0) return null;
  return (
    <section class="similar">
      <h2>{words.detail.children(rows.length)}</h2>
      <ul>
        {rows.map((row) => (
          <li key={row.key} class="similar-head">
            <StateGlyph state={row.state} />
            <Other at={row.key}>{titleOf(page, row)}</Other>
          </li>
        ))}
      </ul>
    </section>
  );
}
