// A bridge of paper for working on the page: serves the bundle, a made-up list and a live stream.
//
//   node dev_server.mjs PAGE_DIR PORT [ROWS]
//
// The tests drive the real bridge; this one is for the eye, and changes whenever it is convenient.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';

const [pageDir, port, count] = process.argv.slice(2);
const now = Date.now();
const ago = (minutes: number): string => new Date(now - minutes * 60_000).toISOString();

interface Entry { at: string; kind: string; actor: string; text: string; data: Record<string, string> }
type Incident = Record<string, unknown> & { key: string; state: string; timeline: Entry[] };

const samples = [
  ['P2', 'critical', 'triggered', '/ on web-17 is 93 % full', 'web-17.bj1', 'web', null, 12],
  ['P1', 'critical', 'acknowledged', 'Replication on shop-db-2 has stopped', 'shop-db-2', 'dba', 'li.na', 47],
  ['P3', 'warning', 'triggered', 'Load per core on build-03 is 4.2 for 15 minutes', 'build-03', 'infra', null, 64],
  ['P2', 'critical', 'triggered', 'Host cache-11 is unreachable', 'cache-11', 'infra', 'zhao.lei', 3],
  ['P3', 'warning', 'pending', 'Swap on mail-1 is 71 % used', 'mail-1', 'infra', 'zhao.lei', 400],
  ['P4', 'info', 'triggered', 'Kernel on web-04 waits for a restart', 'web-04', 'web', null, 2900],
  ['P3', 'warning', 'resolved', 'Inodes of /var on log-2 are 88 % used', 'log-2', 'infra', 'li.na', 190],
  ['P2', 'critical', 'closed', 'nginx.service on web-09 has failed', 'web-09', 'web', 'li.na', 1800],
] as const;

function make(i: number): Incident {
  const [priority, severity, state, title, host, team, assignee, minutes] = samples[i % samples.length]!;
  const turn = Math.floor(i / samples.length);
  const labels = { alertname: 'FilesystemFilling', host, mountpoint: '/', env: 'prod', severity };
  const opened = ago(minutes + turn * 7);
  return {
    key: `INC-2026-${String(i + 1).padStart(6, '0')}`,
    state, priority, severity, title, team, assignee, labels,
    dedup_key: `default:alertname="FilesystemFilling",host="${host}",instance=""`,
    opened_at: opened, updated_at: opened, parent: null, url: '',
    alert_counts: { firing: state === 'resolved' || state === 'closed' ? 0 : 1, resolved: 0, unknown: 0 },
    alerts: [{
      status: 'firing', severity, labels, starts_at: opened, ends_at: null,
      annotations: { summary: title, description: '/ on web-17 is 93 % full, 4.1 GiB left, full in about 6 h' },
    }],
    timeline: [
      { at: opened, kind: 'opened', actor: 'system', text: `FilesystemFilling on ${host} fires: ${severity}, ${priority} (impact medium, urgency high)`,
        data: { alertname: 'FilesystemFilling', host, severity, priority } },
      { at: opened, kind: 'step', actor: 'system', text: 'Step 1 of policy standard: li.na', data: { step: '1', told: 'li.na' } },
    ],
    route: 'default', predecessor: null, successor: null, sla: {}, evidence: [],
    links: [{ title: 'runbook', url: 'https://runbooks.example/disk-full' }],
    escalation: { policy: 'standard', step: 1, next_at: new Date(now + 300_000).toISOString(),
      messages: [{ person: 'li.na', channel: 'mail', kind: 'opened', step: 1, state: 'delivered', updated_at: opened, result: '250 OK' }] },
  };
}

const incidents = new Map<string, Incident>();
for (let i = 0; i < Number(count ?? samples.length); i++) {
  const incident = make(i);
  incidents.set(incident.key, incident);
}
const answers: Record<string, unknown> = {
  '/api/v1/choices': {
    me: { name: null, role: 'admin' }, people: [{ name: 'li.na', display: '李娜' }, { name: 'zhao.lei', display: '赵磊' }],
    teams: [{ name: 'web', lead: 'li.na', members: ['zhao.lei'] }, { name: 'dba', lead: null, members: ['li.na'] }],
    vendors: [{ name: 'acme', display: 'ACME' }], causes: ['hardware', 'capacity'], close_needs: { P1: ['cause', 'solution'] },
    pending_reasons: [{ name: 'vendor', pauses_at_most: '3d' }],
  },
  '/api/v1/oncall': {
    rotations: [{ name: 'web', team: 'web', now: { person: 'li.na', display: '李娜', start: ago(600), end: ago(-840), override: null },
      next: { person: 'zhao.lei', display: '赵磊', start: ago(-840), end: ago(-2280), override: null } }],
    overrides: [],
  },
  '/api/v1/silences': { silences: [{ id: '6f1c', state: 'active', matchers: ['host="build-03"'], starts_at: ago(30), ends_at: ago(-90), by: 'li.na', comment: 'new disk', alerts: 1 }] },
  '/api/v1/maintenance': { maintenance: [] },
};
const streams = new Set<ServerResponse>();
let eventId = 0;

const row = (i: Incident): unknown => ({ ...i, alerts: i['alert_counts'], timeline: undefined, escalation: undefined });
const publish = (i: Incident): void => {
  for (const s of streams) s.write(`id: ${++eventId}\nevent: incident\ndata: ${JSON.stringify(row(i))}\n\n`);
};
const moves: Record<string, [string, string[]]> = {
  acknowledge: ['acknowledged', ['triggered']], unacknowledge: ['triggered', ['acknowledged']],
  resolve: ['resolved', ['triggered', 'acknowledged', 'pending']], close: ['closed', ['resolved']],
  reopen: ['triggered', ['resolved']], pend: ['pending', ['acknowledged']], resume: ['acknowledged', ['pending']],
};

createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const json = (status: number, body: unknown): void => {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  };
  const [, , , , key = '', action = ''] = url.pathname.split('/').map(decodeURIComponent);
  const incident = incidents.get(key);
  if (url.pathname === '/api/v1/events') {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(': connected\n\n');
    streams.add(response);
    request.on('close', () => streams.delete(response));
  } else if (url.pathname === '/dev/new') {
    const fresh = make(incidents.size);
    fresh.opened_at = fresh.updated_at = new Date().toISOString();
    fresh.state = 'triggered';
    incidents.set(fresh.key, fresh);
    publish(fresh);
    json(200, {});
  } else if (url.pathname === '/api/v1/incidents') {
    const state = url.searchParams.get('state');
    const over = ['resolved', 'closed'];
    const found = [...incidents.values()].filter((i) => state === 'all' || (state === 'open' ? !over.includes(i.state) : i.state === state));
    const from = Number(url.searchParams.get('after') ?? 0);
    const limit = Number(url.searchParams.get('limit') ?? 100);
    json(200, { incidents: found.slice(from, from + limit).map(row), next: from + limit < found.length ? String(from + limit) : null });
  } else if (url.pathname in answers) {
    json(200, answers[url.pathname]);
  } else if (incident && !action) {
    json(200, incident);
  } else if (incident && request.method === 'POST') {
    let body = '';
    request.on('data', (part) => (body += part)).on('end', () => setTimeout(() => {
      const asked = JSON.parse(body || '{}') as Record<string, string>;
      const move = moves[action];
      if (move && !move[1].includes(incident.state)) {
        const possible = Object.entries(moves).filter(([, [, from]]) => from.includes(incident.state)).map(([name]) => name);
        return json(409, { error: { code: 'conflict', message: `the incident is ${incident.state} already`, detail: { possible } } });
      }
      if (move) incident.state = move[0];
      if (action === 'acknowledge') incident['assignee'] = asked['actor'] ?? 'local';
      if (action === 'assign') incident['assignee'] = asked['person'];
      incident['updated_at'] = new Date().toISOString();
      incident.timeline.push({ at: new Date().toISOString(), kind: action === 'note' ? 'note' : `${action}d`, actor: asked['actor'] ?? 'local', text: asked['text'] ?? '', data: asked });
      publish(incident);
      json(200, row(incident));
    }, 300));
  } else {
    const file = url.pathname.startsWith('/assets/') ? url.pathname : '/index.html';
    const kinds: Record<string, string> = { js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml', html: 'text/html', webmanifest: 'application/manifest+json' };
    response.writeHead(200, { 'Content-Type': kinds[file.split('.').pop()!]!, 'Content-Security-Policy': "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'" });
    response.end(readFileSync(`${pageDir}${file}`));
  }
}).listen(Number(port), '127.0.0.1');
