// The words of chains of reasons (bridge/why): a row a phrase, `.Data` holds what it names.
#include "bridge/notify/catalogue.h"

namespace tocsin::bridge {
namespace {

constexpr Phrase kPhrases[] = {
    {"why.alert",
     "{{ .Data.name }}{{ with .Data.host }} on {{ . }}{{ end }}: {{ .Data.status }}{{ with "
     ".Data.severity }}, {{ . }}{{ end }}; last heard of by {{ .Data.source }} at {{ "
     ".Data.last_seen }}{{ with .Data.summary }}: {{ . }}{{ end }}",
     "{{ .Data.name }}{{ with .Data.host }}（{{ . }}）{{ end }}：{{ .Data.status }}{{ with "
     ".Data.severity }}，{{ . }}{{ end }}；{{ .Data.source }} 最近一次上报于 {{ .Data.last_seen "
     "}}{{ with .Data.summary }}：{{ . }}{{ end }}"},
    {"why.alert.more", "and {{ .Data.count }} more alerts", "另有 {{ .Data.count }} 条告警"},
    {"why.alert.none", "The bridge has heard of no alert with {{ .Data.labels }}",
     "服务端从未收到标签为 {{ .Data.labels }} 的告警"},
    {"why.alert.subject", "What follows is of {{ .Data.labels }}", "以下针对 {{ .Data.labels }}"},

    {"why.rule",
     "By the rule at {{ .Data.rule }}{{ with .Data.version }}, version {{ . }}{{ end }}{{ with "
     ".Data.expr }}: {{ . }}{{ end }}{{ with .Data.value }}; its value was {{ . }}{{ end }}{{ with "
     ".Data.reason }} ({{ . }}){{ end }}",
     "规则 {{ .Data.rule }}{{ with .Data.version }}（版本 {{ . }}）{{ end }}{{ with .Data.expr "
     "}}：{{ . }}{{ end }}{{ with .Data.value }}；值为 {{ . }}{{ end }}{{ with .Data.reason }}（{{ "
     ". }}）{{ end }}"},
    {"why.rule.foreign",
     "By a rule that is {{ .Data.source }}'s own{{ with .Data.url }}: {{ . }}{{ end }}",
     "规则属于 {{ .Data.source }}{{ with .Data.url }}：{{ . }}{{ end }}"},
    {"why.rule.bridge", "The bridge raised it itself", "由服务端自行产生"},

    {"why.host.alive", "{{ .Data.host }} is alive: its agent beats", "{{ .Data.host }} 心跳正常"},
    {"why.host.unreachable",
     "{{ .Data.host }} cannot be reached; its agent was last heard of at {{ .Data.last }}",
     "主机失联：{{ .Data.host }}，最近心跳 {{ .Data.last }}"},
    {"why.host.stopped", "The agent of {{ .Data.host }} was stopped",
     "{{ .Data.host }} 的代理已停止"},
    {"why.host.unheard", "No agent of a host {{ .Data.host }} has ever been heard of",
     "从未收到主机 {{ .Data.host }} 的代理的心跳"},
    {"why.host.failing", "On {{ .Data.host }} collectors fail: {{ .Data.collectors }}",
     "{{ .Data.host }} 上采集失败：{{ .Data.collectors }}"},
    {"why.host.joining",
     "{{ .Data.host }} is new: until {{ .Data.until }} all its alerts are one incident, a list",
     "{{ .Data.host }} 为新主机：{{ .Data.until }} 之前其全部告警合为一个事件"},
    {"why.host.joined", "The host was new: all its alerts of then are this one incident",
     "主机当时为新接入，其全部告警合为此事件"},

    {"why.suppression.held",
     "{{ .Data.name }}{{ with .Data.host }} on {{ . }}{{ end }} is held back by {{ .Data.by }} {{ "
     ".Data.by_name }}{{ with .Data.until }} until {{ . }}{{ end }}",
     "{{ .Data.name }}{{ with .Data.host }}（{{ . }}）{{ end }}被{{ .Data.by }} {{ .Data.by_name "
     "}} "
     "抑制{{ with .Data.until }}，至 {{ . }}{{ end }}"},
    {"why.suppression.all",
     "All that is left of it is held back: its escalation policy stands still until that ends",
     "其余告警全部被抑制：抑制结束前升级策略暂停"},
    {"why.suppression.silence",
     "Silence {{ .Data.id }} by {{ .Data.creator }} holds it back{{ with .Data.until }} until {{ . "
     "}}{{ end }}{{ with .Data.comment }}: {{ . }}{{ end }}",
     "被静默 {{ .Data.id }}（{{ .Data.creator }}）抑制{{ with .Data.until }}，至 {{ . }}{{ end "
     "}}{{ "
     "with .Data.comment }}：{{ . }}{{ end }}"},
    {"why.suppression.maintenance",
     "Maintenance window {{ .Data.name }}{{ with .Data.creator }} by {{ . }}{{ end }} holds it "
     "back{{ with .Data.until }} until {{ . }}{{ end }}",
     "被维护窗口 {{ .Data.name }}{{ with .Data.creator }}（{{ . }}）{{ else }} {{ end }}抑制{{ "
     "with .Data.until }}，至 {{ . }}{{ end }}"},
    {"why.suppression.inhibit", "{{ .Data.name }} is firing, and holds it back until that is over",
     "被 {{ .Data.name }} 抑制，后者告警中"},
    {"why.suppression.settle",
     "{{ .Data.name }} is over, and holds it back until {{ .Data.until }}, so that it can settle",
     "被 {{ .Data.name }} 抑制，后者已结束，至 {{ .Data.until }} 为止"},
    {"why.suppression.open_when",
     "The condition {{ .Data.name }} lets it open an incident {{ with .Data.held }}once it has "
     "lasted for {{ . }}{{ else }}only when it comes {{ .Data.count }} times in {{ .Data.in }}, or "
     "lasts for all of that{{ end }}{{ with .Data.until }}: at {{ . }}{{ end }}",
     "触发条件 {{ .Data.name }}：{{ with .Data.held }}持续 {{ . }} {{ else }}{{ .Data.in }} 内出现 "
     "{{ .Data.count }} 次，或一直持续{{ end }}才产生事件{{ with .Data.until }}：{{ . }}{{ end }}"},
    {"why.suppression.blip",
     "From {{ .Data.since }} to {{ .Data.until }} it was there, not enough for that condition: "
     "recorded as a blip",
     "{{ .Data.since }} 至 {{ .Data.until }} 出现过，未满足该条件，仅作记录"},
    {"why.suppression.expect",
     "It is the sign of life that `expects` has as {{ .Data.name }}: it opens no incident",
     "它是 expects 中 {{ .Data.name }} 的存活信号，不产生事件"},
    {"why.suppression.none", "Nothing holds it back", "没有任何抑制"},

    {"why.observe", "It is observed: all is recorded, nobody is told",
     "试运行：仅记录，不通知任何人"},
    {"why.observe.rule", "Its rule, or its agent, is observed: all is recorded, nobody is told",
     "其规则或代理为试运行：仅记录，不通知任何人"},
    {"why.observe.config", "The bridge's `observe` matches it: all is recorded, nobody is told",
     "与服务端的 observe 匹配：仅记录，不通知任何人"},

    {"why.dedup", "All alerts of {{ .Data.key }} are this one incident",
     "{{ .Data.key }} 的告警均属此事件"},
    {"why.incident.holds",
     "{{ .Data.key }} has its key: {{ .Data.state }}{{ with .Data.owner }}, owned by {{ . }}{{ end "
     "}}; {{ .Data.title }}",
     "已归入 {{ .Data.key }}：{{ .Data.state }}{{ with .Data.owner }}，处理人 {{ . }}{{ end }}；{{ "
     ".Data.title }}"},
    {"why.incident.none", "No incident is open for {{ .Data.key }}",
     "{{ .Data.key }} 没有进行中的事件"},

    {"why.route",
     "Route {{ .Data.route }} takes it{{ with .Data.match }}, by {{ . }}{{ end }}: {{ with "
     ".Data.team }}team {{ . }}{{ else }}no team{{ end }}, {{ with .Data.policy }}escalation "
     "policy {{ . }}{{ else }}no escalation policy{{ end }}",
     "路由 {{ .Data.route }}{{ with .Data.match }}（{{ . }}）{{ end }}：{{ with .Data.team }}团队 "
     "{{ "
     ". }}{{ else }}无团队{{ end }}，{{ with .Data.policy }}升级策略 {{ . }}{{ else "
     "}}无升级策略{{ end }}"},
    {"why.route.gone",
     "Route {{ .Data.route }} took it, which is no longer configured: {{ with .Data.team }}team {{ "
     ". }}{{ else }}no team{{ end }}, {{ with .Data.policy }}escalation policy {{ . }}{{ else }}no "
     "escalation policy{{ end }}",
     "路由 {{ .Data.route }}（已不在配置中）：{{ with .Data.team }}团队 {{ . }}{{ else }}无团队{{ "
     "end "
     "}}，{{ with .Data.policy }}升级策略 {{ . }}{{ else }}无升级策略{{ end }}"},
    {"why.route.watchers", "Told of its opening and its end as well: {{ .Data.watchers }}",
     "其产生与结束也通知：{{ .Data.watchers }}"},
    {"why.route.also", "Route {{ .Data.route }} tells {{ .Data.watchers }} as well",
     "路由 {{ .Data.route }} 另外通知 {{ .Data.watchers }}"},

    {"why.priority",
     "Impact {{ .Data.impact }} ({{ if eq .Data.impact_by \"service\" }}service {{ .Data.service "
     "}}, tier {{ .Data.tier }}{{ else if eq .Data.impact_by \"label\" }}label tier=\"{{ "
     ".Data.tier }}\"{{ else if eq .Data.impact_by \"report\" }}as reported{{ else }}no tier{{ end "
     "}}) × urgency {{ .Data.urgency }} ({{ if eq .Data.urgency_by \"severity\" }}severity {{ "
     ".Data.severity }}{{ else if eq .Data.urgency_by \"report\" }}as reported{{ else }}none "
     "named{{ end }}) makes {{ .Data.matrix }} by the matrix{{ with .Data.fixed }}; its route "
     "makes "
     "that {{ . }}{{ end }}{{ with .Data.cap }}; its route lets it be {{ . }} at most{{ end }}{{ "
     "with .Data.now }}; it is {{ . }} now{{ end }}",
     "影响度{{ .Data.impact }}（{{ if eq .Data.impact_by \"service\" }}服务 {{ .Data.service "
     "}}，等级 {{ .Data.tier }}{{ else if eq .Data.impact_by \"label\" }}标签 tier=\"{{ .Data.tier "
     "}}\"{{ else if eq .Data.impact_by \"report\" }}按申报{{ else }}无等级{{ end }}）× 紧急度{{ "
     ".Data.urgency }}（{{ if eq .Data.urgency_by \"severity\" }}告警级别 {{ .Data.severity }}{{ "
     "else if eq .Data.urgency_by \"report\" }}按申报{{ else }}未指明{{ end }}），按优先级矩阵为 "
     "{{ "
     ".Data.matrix }}{{ with .Data.fixed }}；路由将其定为 {{ . }}{{ end }}{{ with .Data.cap "
     "}}；路由的上限为 {{ . }}{{ end }}{{ with .Data.now }}；当前为 {{ . }}{{ end }}"},
    {"why.priority.storm",
     "A storm comes one priority before the worst of its incidents, two on more than {{ "
     ".Data.hosts "
     "}} hosts{{ with .Data.now }}; it is {{ . }} now{{ end }}",
     "告警风暴比其中最严重的事件高一级优先级，超过 {{ .Data.hosts }} 台主机时高两级{{ with "
     ".Data.now }}；当前为 {{ . }}{{ end }}"},
    {"why.priority.overflow",
     "It has the priority of the worst of its incidents{{ with .Data.now }}; it is {{ . }} now{{ "
     "end }}",
     "优先级与其中最严重的事件相同{{ with .Data.now }}；当前为 {{ . }}{{ end }}"},
    {"why.priority.by_hand",
     "{{ .Data.person }} set it by hand, {{ .Data.from }} → {{ .Data.to }}{{ with .Data.text }}: "
     "{{ "
     ". }}{{ end }}",
     "{{ .Data.person }} 手动设定：{{ .Data.from }} → {{ .Data.to }}{{ with .Data.text }}：{{ . "
     "}}{{ "
     "end }}"},
    {"why.priority.risen",
     "It rose with what it stands for, {{ .Data.from }} → {{ .Data.to }}, and falls only by hand",
     "随告警加重而提高：{{ .Data.from }} → {{ .Data.to }}，只能手动降低"},

    {"why.storm.child", "{{ .Data.parent }} stands for it: nobody is told of it alone",
     "由 {{ .Data.parent }} 代表，不再单独通知"},
    {"why.storm.parent",
     "It stands for {{ .Data.children }} incidents on {{ .Data.hosts }} hosts{{ with .Data.group "
     "}}, {{ . }}{{ end }}",
     "代表 {{ .Data.hosts }} 台主机上的 {{ .Data.children }} 个事件{{ with .Data.group }}（{{ . "
     "}}）{{ "
     "end }}"},
    {"why.storm.would", "A storm of {{ .Data.group }} is on: {{ .Data.parent }} would stand for it",
     "{{ .Data.group }} 的告警风暴进行中：由 {{ .Data.parent }} 代表"},
    {"why.storm.overflow",
     "Beyond {{ .Data.fuse }} new incidents a minute {{ .Data.parent }} stands for the rest",
     "每分钟超过 {{ .Data.fuse }} 个新事件时，其余由 {{ .Data.parent }} 代表"},

    {"why.policy.none", "No escalation policy says whom to tell: it is on the page alone",
     "没有升级策略，只显示在页面上"},
    {"why.policy.gone", "The escalation policy {{ .Data.policy }} is no longer configured",
     "升级策略 {{ .Data.policy }} 已不在配置中"},
    {"why.policy.delay", "The first step comes {{ .Data.after }} after the opening",
     "第一步在产生 {{ .Data.after }} 之后"},
    {"why.policy.waits",
     "{{ .Data.priority }} waits for its hours: nobody is told before {{ .Data.until }}",
     "{{ .Data.priority }} 等到通知时段：{{ .Data.until }} 之前不通知任何人"},
    {"why.policy.step", "Step {{ .Data.step }} of policy {{ .Data.policy }} tells {{ .Data.told }}",
     "升级策略 {{ .Data.policy }} 第 {{ .Data.step }} 步通知 {{ .Data.told }}"},
    {"why.policy.skipped",
     "Step {{ .Data.step }} reaches nobody for {{ .Data.priority }} at that time, and is passed "
     "over",
     "第 {{ .Data.step }} 步此时对 {{ .Data.priority }} 无人可通知，跳过"},
    {"why.policy.empty", "Nobody is on call in rotation {{ .Data.rotation }}",
     "轮值 {{ .Data.rotation }} 无人值班"},
    {"why.policy.no_contact", "{{ .Data.person }} has no contacts",
     "{{ .Data.person }} 没有联系方式"},
    {"why.policy.contact_priority",
     "{{ .Data.person }} is not told by {{ .Data.channel }}, which is not for {{ .Data.priority }}",
     "不通过 {{ .Data.channel }} 通知 {{ .Data.person }}：不用于 {{ .Data.priority }}"},
    {"why.policy.contact_hours",
     "{{ .Data.person }} is not told by {{ .Data.channel }} at this hour",
     "此时不通过 {{ .Data.channel }} 通知 {{ .Data.person }}：不在时段内"},
    {"why.policy.catch_all", "The catch-all is told: {{ .Data.told }}",
     "兜底通知：{{ .Data.told }}"},

    {"why.message",
     "{{ with .Data.person }}{{ . }}{{ else }}nobody by name{{ end }} by {{ .Data.channel }}{{ "
     "with "
     ".Data.address }} ({{ . }}){{ end }}, \"{{ .Data.headline }}\": {{ .Data.delivery }}{{ with "
     ".Data.due }}, not before {{ . }}{{ end }}{{ with .Data.result }}; {{ . }}{{ end }}",
     "{{ with .Data.person }}{{ . }}{{ else }}未指名{{ end }}，通过 {{ .Data.channel }}{{ with "
     ".Data.address }}（{{ . }}）{{ end }}，“{{ .Data.headline }}”：{{ .Data.delivery }}{{ with "
     ".Data.due }}，不早于 {{ . }}{{ end }}{{ with .Data.result }}；{{ . }}{{ end }}"},
    {"why.delivery.waiting", "waits to be sent", "等待发送"},
    {"why.delivery.claimed", "is being sent", "发送中"},
    {"why.delivery.delivered", "delivered", "已送达"},
    {"why.delivery.dead", "given up", "投递失败"},
    {"why.delivery.dropped", "no longer needed, not sent", "不再需要，未发送"},

    {"why.next.state",
     "It is {{ .Data.state }} now{{ with .Data.owner }}: {{ . }} owns it, nobody else is asked{{ "
     "end }}{{ with .Data.successor }}; it goes on in {{ . }}{{ end }}",
     "当前状态：{{ .Data.state }}{{ with .Data.owner }}；处理人为 {{ . }}，不再询问他人{{ end }}{{ "
     "with .Data.successor }}；由 {{ . }} 接续{{ end }}"},
    {"why.next.nobody", "Nobody has been told so far", "目前未通知任何人"},
    {"why.next.timer", "At {{ .Data.due }}: {{ .Data.timer }}",
     "{{ .Data.due }}：{{ .Data.timer }}"},
    {"why.timer.stability", "it has been quiet for long enough, and is resolved",
     "持续平静，自动标记为已解决"},
    {"why.timer.escalation", "the next step of its escalation policy", "升级策略的下一步"},
    {"why.timer.lapse", "its owner has not answered, and the next one is asked",
     "处理人未作回应，询问下一人"},
    {"why.timer.snooze", "the snooze ends", "暂缓提醒结束"},
    {"why.timer.pending", "it is no longer pending", "挂起结束"},
    {"why.timer.resolve_grace", "if its alerts go on, it is open again",
     "若告警仍未结束，则再次打开"},
    {"why.timer.close", "it was resolved for long enough, and ends for good",
     "已解决足够久，最终结束"},
    {"why.timer.expiry", "alerts that nobody has news of end as expired",
     "长时间没有消息的告警视为已恢复"},
    {"why.timer.response_target", "the next share of the response target has passed",
     "响应时限的下一个节点"},
    {"why.timer.resolution_target", "the next share of the resolution target has passed",
     "解决时限的下一个节点"},
    {"why.timer.acknowledge_end", "the acknowledge ends by itself", "认领到期"},
    {"why.timer.major_rule", "it becomes a major incident", "成为重大事件"},
    {"why.timer.major_update", "an update is due", "应通报进展"},
    {"why.timer.pending_reminder", "whoever lets it wait is asked whether it still has to",
     "询问挂起该事件的人是否仍需等待"},
    {"why.timer.flapping", "it has not changed for long enough: the flapping is over", "抖动结束"},
    {"why.timer.flapping_remind", "those concerned hear that it is still flapping",
     "通知相关人员仍在抖动"},

    {"why.verdict.expected", "So it opens no incident: its absence would",
     "因此不产生事件；缺失时才产生"},
    {"why.verdict.held",
     "So it opens nothing and tells nobody{{ with .Data.until }} before {{ . }}{{ end }}",
     "因此{{ with .Data.until }} {{ . }} 之前{{ end }}不产生事件，不通知任何人"},
    {"why.verdict.observed", "So an incident of it is recorded, and nobody is told",
     "因此只记录事件，不通知任何人"},
    {"why.verdict.added",
     "So it belongs to {{ .Data.key }}, which nobody owns yet: `tocsin incidents why {{ .Data.key "
     "}}` says whom that told",
     "因此归入事件 {{ .Data.key }}（尚无处理人）；已通知谁见 tocsin incidents why {{ .Data.key }}"},
    {"why.verdict.owned",
     "So it belongs to {{ .Data.key }}{{ with .Data.owner }}, which {{ . }} owns{{ end }}: nobody "
     "else is asked",
     "因此归入 {{ .Data.key }}{{ with .Data.owner }}，处理人为 {{ . }}{{ end }}，不再询问他人"},
    {"why.verdict.added_observed",
     "So it belongs to {{ .Data.key }}, which is observed: nobody is told",
     "因此归入 {{ .Data.key }}，试运行中：不通知任何人"},
    {"why.verdict.added_absorbed",
     "So it belongs to {{ .Data.key }}, for which {{ .Data.parent }} stands: nobody is told of it "
     "alone",
     "因此归入 {{ .Data.key }}，由 {{ .Data.parent }} 代表，不再单独通知"},
    {"why.verdict.absorbed", "So {{ .Data.parent }} would stand for it: nobody is told of it alone",
     "因此由 {{ .Data.parent }} 代表，不再单独通知"},
    {"why.verdict.nobody", "So it would open an incident, and nobody would be told",
     "因此会产生事件，但不通知任何人"},
    {"why.verdict.waits",
     "So it would open an incident, and tell {{ .Data.told }} at {{ .Data.until }}",
     "因此会产生事件，{{ .Data.until }} 通知 {{ .Data.told }}"},
    {"why.verdict.tells", "So it would open an incident, and tell {{ .Data.told }} at once",
     "因此会产生事件，立即通知 {{ .Data.told }}"},

    {"why.agent.unsent",
     "Nothing is known of such an alert: {{ with .Data.host }}the agent of {{ . }}{{ else }}an "
     "agent{{ end }} has not sent it",
     "从未收到这样的告警：{{ with .Data.host }}{{ . }} 的{{ end }}代理未发送"},
    {"why.agent.ask",
     "On {{ .Data.host }}, ask the agent: `curl http://127.0.0.1:9841/api/v1/alerts` says what is "
     "pending or firing there, `/api/v1/rules` which rules are loaded and which of them fail",
     "在 {{ .Data.host }} 上询问代理：curl http://127.0.0.1:9841/api/v1/alerts "
     "显示待触发与告警中的告警，/api/v1/rules 显示已加载的规则及其错误"},
    {"why.agent.query",
     "There, `tocsin query EXPR` shows the values that a rule sees, and `tocsin rules check FILE` "
     "what is wrong with it; `journalctl -u tocsin-agent` says what could not be delivered",
     "在该主机上，tocsin query EXPR 显示规则所见的值，tocsin rules check FILE "
     "显示规则文件的错误，journalctl -u tocsin-agent 显示未能送达的内容"},
    {"why.agent.whose",
     "Name its host as well (--labels host=NAME), and look whether whoever should send it names "
     "this bridge",
     "请同时给出主机（--labels host=NAME），并检查发送方是否配置了此服务端"},

    {"why.grade.low", "low", "低"},
    {"why.grade.medium", "medium", "中"},
    {"why.grade.high", "high", "高"},
};

}  // namespace

std::span<const Phrase> why_catalogue() {
    return kPhrases;
}

}  // namespace tocsin::bridge
