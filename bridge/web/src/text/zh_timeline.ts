// 简体中文：时间线的各类记录，与通知的各种缘由。
import type { Kinds, Own } from './en_timeline';

const levels: Record<string, string> = {
  critical: '严重',
  warning: '警告',
  info: '提示',
};
const level = (name: string | undefined): string => (name ? (levels[name] ?? name) : '无级别');
export const causes: Record<string, string> = {
  hardware: '硬件',
  software: '软件',
  capacity: '容量',
  configuration: '配置',
  change: '变更',
  network: '网络',
  security: '安全',
  external: '外部原因',
  human: '人为',
  unknown: '未查明',
};
const findings: Record<string, string> = { cause: '原因分类', solution: '解决方法', proof: '证明' };
const found = (d: Record<string, string>): string =>
  Object.entries(findings).filter(([name]) => d[name])
    .map(([name, word]) => `${word}：${name === 'cause' ? (causes[d[name]!] ?? d[name]) : d[name]}`).join('；');
const owed = (list: string | undefined): string =>
  (list ?? '').split(', ').map((name) => findings[name] ?? name).join('、');
const units: Record<string, string> = { d: '天', h: '小时', m: '分钟', s: '秒', ms: '毫秒' };
// "1h30m"
const lasts = (text: string | undefined): string =>
  (text ?? '').replace(/(\d+)(ms|[dhms])/g, (_, n: string, unit: string) => `${n} ${units[unit]} `).trim();
const told = (d: Record<string, string>): string => (d['told'] ?? '').replaceAll(' by ', '：');
const statuses: Record<string, string> = { firing: '告警中', resolved: '已恢复', unknown: '状态未知' };
const alertStatusOf = (name: string | undefined): string => (name ? (statuses[name] ?? name) : '');
const alertOf = (d: Record<string, string>): string =>
  [d['alertname'] ?? '', d['host'] ? `（${d['host']}）` : ''].join('');
const target = (clock: string | undefined): string => (clock === 'response' ? '响应时限' : '解决时限');
const missed = (d: Record<string, string>): string =>
  d['cause'] === 'pending' ? `：等待 ${d['about'] ?? ''}`
    : d['cause'] === 'in_work' ? `：${d['about'] ?? ''} 处理中` : '：无人认领';

const suppressors: Record<string, string> = { silence: '静默', maintenance: '维护窗口', inhibit: '告警', open_when: '触发条件' };
// "HostUnreachable on web-17"
const alertName = (text: string | undefined): string => (text ?? '').replace(/ on (\S+)$/, '（$1）');
// A silence or a window is named by whose it is and why ("by li.na: new disk", "by li.na, CHG-7"), a
// condition with what it asks ("blips for 2m", "blips 3 times in 10m").
const names: Record<string, (text: string) => string> = {
  silence: (text) => text.replace(/^by ([^:]+): /, '$1：').replace(/^by /, ''),
  maintenance: (text) => text.replace(/^by ([^:,]+)(?:: |, )/, '$1：').replace(/^by /, ''),
  inhibit: alertName,
  open_when: (text) =>
    text.replace(/ for (\S+)$/, (_, time: string) => `：持续 ${lasts(time)}`)
      .replace(/ (\d+) times in (\S+)$/, (_, n: string, time: string) => `：${lasts(time)}内 ${n} 次`),
};
const name = (d: Record<string, string>): string => (names[d['by'] ?? ''] ?? String)(d['by_name'] ?? '');
export const suppressor = (d: Record<string, string>): string =>
  `${suppressors[d['by'] ?? ''] ?? d['by'] ?? ''} ${name(d)}`.trim();

export const kind: Kinds = {
  opened: (d) => `${alertOf(d)} 触发告警：${level(d['severity'])}，${d['priority'] ?? ''}`,
  alert_joined: (d) => `${alertOf(d)} 并入`,
  alert_fired: (d) => `${alertOf(d)} 再次告警`,
  alert_back: (d) => `${alertOf(d)} 恢复上报，仍在告警中`,
  alert_cleared: (d) => `${alertOf(d)} 已恢复`,
  alert_unknown: (d) => `${alertOf(d)} 状态未知`,
  alert_expired: (d) => `${d['count'] ?? ''} 条状态未知的告警已到期`,
  level_raised: (d) => `告警级别升高：${level(d['from'])} → ${level(d['to'])}`,
  level_lowered: (d) => `告警级别降低：${level(d['from'])} → ${level(d['to'])}`,
  priority_raised: (d) => `优先级提高：${d['from'] ?? ''} → ${d['to'] ?? ''}`,
  priority_lowered: (d) => `优先级降低：${d['from'] ?? ''} → ${d['to'] ?? ''}`,
  acknowledged: (d, by) => (by === 'person' ? '认领' : `${d['person'] ?? ''} 仍为处理人`),
  unacknowledged: () => '取消认领',
  declined: () => '退回',
  assigned: (d) => (d['person'] ? `指派给 ${d['person']}` : '指派'),
  resolved: (_, by) => (by === 'person' ? '解决' : '告警全部恢复，自动解决'),
  closed: (_, by) => (by === 'person' ? '关闭' : '自动关闭'),
  confirmed: () => '确认',
  reopened: (_, by) => (by === 'person' ? '重新打开' : '再次告警，重新打开'),
  resumed: (_, by) => (by === 'person' ? '继续处理' : '自动继续处理'),
  snoozed: () => '暂缓提醒',
  snooze_ended: () => '暂缓提醒结束',
  pended: () => '挂起',
  escalated: () => '升级到下一步',
  handed_over: (d) => `功能升级到团队 ${d['to'] ?? ''}`,
  superseded: (d) => `由 ${d['successor'] ?? '后续事件'} 接续`,
  step: (d) => `升级策略第 ${d['step'] ?? ''} 步，通知 ${told(d)}`,
  step_repeated: (d) => `升级策略第 ${d['step'] ?? ''} 步，${d['repeat'] ? `第 ${d['repeat']} 次重复，` : ''}再次通知 ${told(d)}`,
  step_skipped: (d) => `升级策略第 ${d['step'] ?? ''} 步无人可通知，已跳过`,
  step_waits: (d) => `${d['priority'] ?? ''} 等到通知时段开始：${d['until'] ?? ''}`,
  rotation_empty: (d) => `轮值 ${d['rotation'] ?? ''} 无人值班`,
  nobody: () => '没有可以通知的人',
  told: (d) => `已通过 ${d['channel'] ?? ''} 通知 ${d['person'] ?? ''}`,
  not_told: (d) => `未能通过 ${d['channel'] ?? ''} 通知 ${d['person'] ?? ''}：${d['detail'] ?? ''}`,
  not_copied: (d) => `${d['channel'] ?? ''} 未接收事件的最新状态：${d['detail'] ?? ''}`,
  fell_back: (d) => `${d['from'] ?? ''} 未能送达，改用 ${d['channel'] ?? ''} 通知 ${d['person'] ?? ''}`,
  retried: (d) => `重新发送：${d['channel'] ?? ''} 致 ${d['person'] ?? ''}`,
  note: () => '',
  lapsed: (d) => `${d['person'] ?? ''} 的认领已失效`,
  sla_at_risk: (d) => `${target(d['clock'])}即将超时：已用 ${d['percent'] ?? ''}%`,
  sla_breached: (d) => `${target(d['clock'])}已超时${missed(d)}`,
  reported: (d) => `${d['reporter'] ?? ''} 申报${d['type'] === 'request' ? '服务请求' : '事件'}：${d['priority'] ?? ''}`,
  findings: found,
  verified: (d) => `已验证：${d['how'] ?? ''}`,
  rated: (d) => `满意度：${d['satisfaction'] ?? ''}（满分 5）`,
  watched: (d) => `关注人：${d['who'] ?? ''}`,
  unwatched: (d) => `不再关注：${d['who'] ?? ''}`,
  link_added: (d) => `关联到 ${d['target'] ?? ''}`,
  public_note: () => '告知申报人',
  vendor_asked: (d) => `请求 ${d['vendor'] ?? ''} 协助`,
  merged_in: (d) => `${d['key'] ?? ''} 合并到该事件`,
  merged: (d) => `合并到 ${d['successor'] ?? ''}`,
  split_off: (d) => `拆分出 ${d['key'] ?? ''}`,
  all_clear: () => '告警全部恢复，待处理人判定',
  owed: (d) => `关闭前需补充：${owed(d['owed'])}`,
  major: (d) => `重大事件，指挥 ${d['commander'] || '未定'}${d['communication'] ? `，对外通报人 ${d['communication']}` : ''}`,
  update_due: (d) => `应通报进展：${d['person'] ?? ''}`,
  review_owed: () => '需要复盘',
  review_due: (d) => `${d['review'] ?? ''} ${d['title'] ?? ''} 已逾期（${d['person'] || '无人负责'}）：${
    [d['itself'] && '复盘', d['actions'] && `改进措施 ${d['actions']}`].filter(Boolean).join('；') || (d['what'] ?? '')}`,
  review_suggested: (d) => `${d['review'] ?? ''}：应在 ${d['due_at'] ?? ''} 之前完成复盘`,
  problem: (d) =>
    `属于问题 ${d['problem'] ?? ''} ${d['title'] ?? ''}${d['workaround'] ? `；临时措施：${d['workaround']}` : ''}`,
  problem_suggested: (d) => `${lasts(d['within'])}内第 ${d['times'] ?? ''} 次发生，建议立为问题 ${d['problem'] ?? ''}`,
  record_linked: (d) => `关联 ${d['record'] ?? ''} ${d['title'] ?? ''}`,
  record_unlinked: (d) => `取消关联 ${d['record'] ?? ''}`,
  pending_reminded: (d) => `仍在挂起：${d['reason'] ?? ''}`,
  sla_met: (d) => `${target(d['clock'])}并未超时`,
  suppressed: (d) => `已抑制：${suppressor(d)}`,
  unsuppressed: (d) => `不再被抑制：${suppressor(d)}`,
  alert_suppressed: (d) => `${alertOf(d)} 已抑制：${suppressor(d)}`,
  alert_released: (d) => `${alertOf(d)} 不再被抑制：${suppressor(d)}`,
  linked: (d) => `${alertName(d['by_name'])} 同时告警，可能是原因${d['incident'] ? `（${d['incident']}）` : ''}`,
  silence_ending: (d) => `静默即将结束：${name(d)}`,
  flapping: (d) => `抖动：${lasts(d['within'])}内触发 ${d['count'] ?? ''} 次，${lasts(d['quiet'])}无变化后结束`,
  storm: (d) => `告警风暴：${d['group'] ?? ''}，${d['hosts'] ?? ''} 台主机${d['on'] ? `（${d['on']}）` : ''}，${d['priority'] ?? ''}`,
  overflow: (d) => `新事件过多：另有 ${d['count'] ?? ''} 个事件`,
  storm_grew: (d) => `告警风暴扩大到 ${d['hosts'] ?? ''} 台主机`,
  storm_over: (d) => `告警风暴结束：${d['count'] ?? ''} 个事件中还有 ${d['open'] ?? ''} 个未解决`,
  host_renamed: (d) => `主机 ${d['from'] ?? ''} 更名为 ${d['to'] ?? ''}`,
  observed: () => '试运行：仅记录，不通知任何人',
  observed_ended: () => '新增告警不在试运行中：开始通知',
  absorbed: (d) => `归入 ${d['parent'] ?? ''}，不再单独通知`,
  left_storm: (d) => `不再归入 ${d['parent'] ?? ''}`,
  flapping_ended: (d) => `抖动结束：${alertStatusOf(d['state'])}`,
};

export const message: Record<string, string> = {
  opened: '新事件',
  escalated: '升级',
  reminder: '提醒',
  review_due: '复盘已逾期',
  acknowledged: '已认领',
  ticket: '工单副本',
  reopened: '重新打开',
  still_firing: '仍在告警中',
  raised: '优先级提高',
  joined: '新告警并入',
  assigned: '指派',
  lapsed: '认领已失效',
  snooze_ended: '暂缓提醒结束',
  pending_ended: '挂起结束',
  resolved: '已解决(待确认)',
  nobody: '无人可通知',
  handed_over: '升级到团队',
  at_risk: '解决时限即将超时',
  breached: '解决时限已超时',
  all_clear: '告警全部恢复',
  still_pending: '仍在挂起',
  owed: '关闭前需补充',
  major: '重大事件',
  update_due: '应通报进展',
  vendor: '请求协助',
  received: '已收到申报',
  public_note: '告知申报人',
  ask_confirm: '请申报人答复',
  unsuppressed: '不再被抑制',
  silence_ending: '静默即将结束',
  flapping: '抖动',
  flapping_ended: '抖动结束',
  storm: '告警风暴',
  overflow: '新事件过多',
  test: '测试消息',
};

// 系统自己给告警和事件起的名字（bridge/incident/title.h）。
export const own: Own = {
  storm: (d) => `告警风暴：${d['hosts'] ?? ''} 台主机上的 ${d['group'] ?? ''}`,
  overflow: (d) => `事件过多：${d['hosts'] ?? ''} 台主机上另有 ${d['incidents'] ?? ''} 个事件`,
  join: (d) => `新主机 ${d['host'] ?? ''}：${d['alerts'] ?? ''} 条告警`,
  host_unreachable: (d) => `主机失联：${d['host'] ?? ''}，自 ${d['heard'] ?? ''} 起没有消息`,
  host_duplicate: (d) => `两台机器都以 ${d['host'] ?? ''} 的名义上报：启动标识交替出现`,
  expected_missing: (d) => `${d['what'] ?? ''} 已有 ${lasts(d['every'])}没有出现：上次为 ${d['since'] ?? ''}`,
  expected_never: (d) => `${d['what'] ?? ''} 尚未出现；自 ${d['since'] ?? ''} 起应每 ${lasts(d['every'])}出现一次`,
};
