// What a line of the timeline says, by its kind. English is what the entry says itself; `.Data`
// holds its data, laid out for the reader (entry_text.h).
#include "bridge/notify/catalogue.h"

namespace tocsin::bridge {
namespace {

constexpr Phrase kPhrases[] = {
    {"timeline.opened", "{{ .Text }}",
     "告警 {{ .Data.alertname }}{{ with .Data.severity }}：{{ . }}{{ end }}{{ with .Data.priority "
     "}}，{{ . }}{{ end }}"},
    {"timeline.alert_joined", "{{ .Text }}", "新增告警 {{ .Data.alertname }} {{ .Data.host }}"},
    {"timeline.alert_fired", "{{ .Text }}", "告警再次触发 {{ .Data.alertname }} {{ .Data.host }}"},
    {"timeline.alert_back", "{{ .Text }}",
     "再次收到告警，仍在告警中 {{ .Data.alertname }} {{ .Data.host }}"},
    {"timeline.alert_cleared", "{{ .Text }}", "告警已恢复 {{ .Data.alertname }} {{ .Data.host }}"},
    {"timeline.alert_unknown", "{{ .Text }}",
     "告警状态未知 {{ .Data.alertname }} {{ .Data.host }}"},
    {"timeline.alert_expired", "{{ .Text }}", "{{ .Data.count }} 条告警长时间状态未知，视为已恢复"},
    {"timeline.level_raised", "{{ .Text }}", "告警级别升高：{{ .Data.from }} → {{ .Data.to }}"},
    {"timeline.level_lowered", "{{ .Text }}", "告警级别降低：{{ .Data.from }} → {{ .Data.to }}"},
    {"timeline.priority_raised", "{{ .Text }}", "优先级提高：{{ .Data.from }} → {{ .Data.to }}"},
    {"timeline.priority_lowered", "{{ .Text }}",
     "{{ .Actor }} 降低优先级：{{ .Data.from }} → {{ .Data.to }}"},
    {"timeline.step", "{{ .Text }}", "升级策略第 {{ .Data.step }} 步：{{ .Data.told }}"},
    {"timeline.step_repeated", "{{ .Text }}",
     "升级策略第 {{ .Data.step }} 步{{ with .Data.repeat }}，第 {{ . }} 次重复{{ end }}：{{ "
     ".Data.told }}"},
    {"timeline.step_skipped", "{{ .Text }}", "升级策略第 {{ .Data.step }} 步无人可通知，已跳过"},
    {"timeline.step_waits", "{{ .Text }}",
     "{{ .Data.priority }} 等到通知时段开始：{{ .Data.until }}"},
    {"timeline.rotation_empty", "{{ .Text }}", "轮值 {{ .Data.rotation }} 无人值班"},
    {"timeline.nobody", "{{ .Text }}", "升级策略无人可通知"},
    {"timeline.told", "{{ .Text }}", "已通过 {{ .Data.channel }} 通知 {{ .Data.person }}"},
    {"timeline.not_told", "{{ .Text }}",
     "未能通过 {{ .Data.channel }} 通知 {{ .Data.person }}{{ with .Data.detail }}：{{ . }}{{ end "
     "}}"},
    {"timeline.not_copied", "{{ .Text }}",
     "{{ .Data.channel }} 未接收事件的最新状态{{ with .Data.detail }}：{{ . }}{{ end }}"},
    {"timeline.fell_back", "{{ .Text }}",
     "{{ .Data.from }} 未能送达，改用 {{ .Data.channel }} 通知 {{ .Data.person }}"},
    {"timeline.retried", "{{ .Text }}",
     "{{ .Actor }} 重新发送：{{ .Data.channel }} 致 {{ .Data.person }}"},
    {"timeline.acknowledged", "{{ .Text }}", "{{ .Actor }} 已认领"},
    {"timeline.unacknowledged", "{{ .Text }}", "{{ .Actor }} 取消认领"},
    {"timeline.declined", "{{ .Text }}", "{{ .Actor }} 退回"},
    {"timeline.assigned", "{{ .Text }}", "{{ .Actor }} 指派给 {{ .Data.person }}"},
    {"timeline.handed_over", "{{ .Text }}", "{{ .Actor }} 功能升级到团队 {{ .Data.to }}"},
    {"timeline.escalated", "{{ .Text }}", "{{ .Actor }} 升级到下一步"},
    {"timeline.snoozed", "{{ .Text }}", "{{ .Actor }} 暂缓提醒至 {{ .Data.until }}"},
    {"timeline.snooze_ended", "{{ .Text }}", "暂缓提醒结束"},
    {"timeline.pended", "{{ .Text }}", "{{ .Actor }} 挂起至 {{ .Data.until }}"},
    {"timeline.resumed", "{{ .Text }}", "挂起结束"},
    {"timeline.lapsed", "{{ .Text }}", "{{ .Data.person }} 未作回应，认领已失效"},
    {"timeline.resolved", "{{ .Text }}",
     "{{ if .BySystem }}所有告警已恢复，事件已解决{{ else }}{{ .Actor }} 已解决{{ end }}"},
    {"timeline.reopened", "{{ .Text }}", "重新打开"},
    {"timeline.confirmed", "{{ .Text }}", "{{ .Actor }} 已确认"},
    {"timeline.closed", "{{ .Text }}", "已关闭"},
    {"timeline.superseded", "{{ .Text }}", "已关闭，由新的事件接续"},
    {"timeline.sla_at_risk", "{{ .Text }}",
     "{{ if eq .Data.clock \"response\" }}响应时限{{ else }}解决时限{{ end }}即将超时：已用 {{ "
     ".Data.percent }}%，期限 {{ .Data.due_at }}"},
    {"timeline.sla_breached", "{{ .Text }}",
     "{{ if eq .Data.clock \"response\" }}响应时限{{ else }}解决时限{{ end }}已超时，期限 {{ "
     ".Data.due_at }}{{ if eq .Data.cause \"pending\" }}：等待 {{ .Data.about }}{{ else if eq "
     ".Data.cause \"in_work\" }}：{{ .Data.about }} 处理中{{ else }}：无人认领{{ end }}"},
    {"timeline.sla_met", "{{ .Text }}",
     "{{ if eq .Data.clock \"response\" }}响应时限{{ else }}解决时限{{ end }}并未超时，恢复时间 {{ "
     ".Data.cleared_at }}"},
    {"timeline.reported", "{{ .Text }}",
     "{{ .Data.reporter }} 申报{{ if eq .Data.type \"request\" }}服务请求{{ else }}事件{{ end "
     "}}：{{ "
     ".Data.priority }}"},
    {"timeline.findings", "{{ .Text }}",
     "{{ with .Data.cause }}原因分类：{{ . }} {{ end }}{{ with .Data.solution }}解决方法：{{ . }} "
     "{{ "
     "end }}{{ with .Data.proof }}证明：{{ . }}{{ end }}"},
    {"timeline.verified", "{{ .Text }}", "{{ .Actor }} 已验证：{{ .Data.how }}"},
    {"timeline.rated", "{{ .Text }}", "满意度：{{ .Data.satisfaction }}"},
    {"timeline.watched", "{{ .Text }}", "关注人：{{ .Data.who }}"},
    {"timeline.unwatched", "{{ .Text }}", "不再关注：{{ .Data.who }}"},
    {"timeline.link_added", "{{ .Text }}", "关联到 {{ .Data.target }}"},
    {"timeline.public_note", "{{ .Actor }}: {{ .Text }}",
     "{{ .Actor }}（告知申报人）：{{ .Text }}"},
    {"timeline.vendor_asked", "{{ .Text }}", "{{ .Actor }} 请求 {{ .Data.vendor }} 协助"},
    {"timeline.merged_in", "{{ .Text }}", "{{ .Data.key }} 合并到该事件"},
    {"timeline.merged", "{{ .Text }}", "合并到 {{ .Data.successor }}"},
    {"timeline.split_off", "{{ .Text }}", "拆分出 {{ .Data.key }}"},
    {"timeline.all_clear", "{{ .Text }}", "告警自 {{ .Data.since }} 起全部恢复，待处理人判定"},
    {"timeline.owed", "{{ .Text }}", "关闭前需补充：{{ .Data.owed }}"},
    {"timeline.major", "{{ .Text }}",
     "重大事件，指挥 {{ with .Data.commander }}{{ . }}{{ else }}未定{{ end }}{{ with "
     ".Data.communication }}，对外通报人 {{ . }}{{ end }}"},
    {"timeline.update_due", "{{ .Text }}", "应通报进展：{{ .Data.person }}"},
    {"timeline.review_owed", "{{ .Text }}", "需要复盘"},
    {"timeline.review_suggested", "{{ .Text }}",
     "{{ .Data.review }}：应在 {{ .Data.due_at }} 之前完成复盘"},
    {"timeline.review_due", "{{ .Text }}",
     "{{ .Data.review }} {{ .Data.title }} 已逾期（{{ with .Data.person }}{{ . }}{{ else "
     "}}无人负责{{ end }}）：{{ if or .Data.itself "
     ".Data.actions }}{{ with .Data.itself }}复盘{{ end }}{{ if and .Data.itself .Data.actions "
     "}}；{{ end }}{{ with .Data.actions }}改进措施 {{ . }}{{ end }}{{ else }}{{ .Data.what }}{{ "
     "end }}"},
    {"timeline.problem", "{{ .Text }}",
     "属于问题 {{ .Data.problem }} {{ .Data.title }}{{ with .Data.workaround }}；临时措施：{{ . }}"
     "{{ end }}"},
    {"timeline.problem_suggested", "{{ .Text }}",
     "{{ .Data.within }} 内第 {{ .Data.times }} 次发生，建议立为问题 {{ .Data.problem }}"},
    {"timeline.record_linked", "{{ .Text }}",
     "{{ .Actor }} 关联{{ if eq .Data.record_kind \"problem\" }}问题{{ else if eq "
     ".Data.record_kind \"review\" }}复盘{{ else }}知识条目{{ end }} {{ .Data.record }} {{ "
     ".Data.title }}"},
    {"timeline.record_unlinked", "{{ .Text }}",
     "{{ .Actor }} 取消关联{{ if eq .Data.record_kind \"problem\" }}问题{{ else if eq "
     ".Data.record_kind \"review\" }}复盘{{ else }}知识条目{{ end }} {{ .Data.record }}"},
    {"timeline.pending_reminded", "{{ .Text }}", "仍在挂起：{{ .Data.reason }}"},
    {"timeline.suppressed", "{{ .Text }}",
     "被{{ .Data.by }}抑制{{ with .Data.by_name }}：{{ . }}{{ end }}"},
    {"timeline.unsuppressed", "{{ .Text }}",
     "不再被{{ .Data.by }}抑制{{ with .Data.by_name }}：{{ . }}{{ end }}{{ with .Data.firing_since "
     "}}，自 {{ . }} 起处于告警中{{ end }}"},
    {"timeline.alert_suppressed", "{{ .Text }}",
     "{{ .Data.alertname }} {{ .Data.host }} 被{{ .Data.by }}抑制{{ with .Data.by_name }}：{{ . "
     "}}{{ end }}"},
    {"timeline.alert_released", "{{ .Text }}",
     "{{ .Data.alertname }} {{ .Data.host }} 不再被{{ .Data.by }}抑制"},
    {"timeline.linked", "{{ .Text }}",
     "{{ .Data.by_name }} 同时告警，可能是原因{{ with .Data.incident }}（{{ . }}）{{ end }}"},
    {"timeline.silence_ending", "{{ .Text }}", "静默即将于 {{ .Data.until }} 结束"},
    {"timeline.note", "{{ .Actor }}: {{ .Text }}", "{{ .Actor }}：{{ .Text }}"},
    {"timeline.flapping", "{{ .Text }}",
     "抖动：{{ .Data.within }} 内触发 {{ .Data.count }} 次，{{ .Data.quiet }} 无变化后结束"},
    {"timeline.flapping_ended", "{{ .Text }}",
     "抖动结束：{{ if eq .Data.state \"resolved\" }}已恢复{{ else if eq .Data.state \"firing\" "
     "}}{{ .Data.firing }} 条告警中{{ else }}状态未知{{ end }}"},
    {"timeline.storm", "{{ .Text }}",
     "告警风暴：{{ .Data.group }}，{{ .Data.hosts }} 台主机{{ with .Data.on }}（{{ . }}）{{ end "
     "}}，{{ .Data.priority }}"},
    {"timeline.overflow", "{{ .Text }}",
     "新事件过多：另有 {{ .Data.count }} 个事件{{ with .Data.on }}（{{ . }}）{{ end }}"},
    {"timeline.storm_grew", "{{ .Text }}",
     "告警风暴扩大到 {{ .Data.hosts }} 台主机{{ with .Data.on }}（{{ . }}）{{ end }}"},
    {"timeline.storm_over", "{{ .Text }}",
     "告警风暴结束：{{ .Data.count }} 个事件中还有 {{ .Data.open }} 个未解决"},
    {"timeline.absorbed", "{{ .Text }}", "归入 {{ .Data.parent }}，不再单独通知"},
    {"timeline.left_storm", "{{ .Text }}", "不再归入 {{ .Data.parent }}"},
    {"timeline.host_renamed", "{{ .Text }}", "主机 {{ .Data.from }} 更名为 {{ .Data.to }}"},
    {"timeline.observed", "{{ .Text }}", "试运行：仅记录，不通知任何人"},
    {"timeline.observed_ended", "{{ .Text }}", "新增告警不在试运行中：开始通知"},
    {"timeline.other", "{{ .Text }}", "{{ .Text }}"},
};

}  // namespace

std::span<const Phrase> timeline_catalogue() {
    return kPhrases;
}

}  // namespace tocsin::bridge
