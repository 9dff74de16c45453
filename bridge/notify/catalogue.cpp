#include "bridge/notify/catalogue.h"

#include <array>

namespace tocsin::bridge {
namespace {

constexpr Phrase kPhrases[] = {
    // Why somebody is told, by MessageKind: a headline for the subject and a sentence.
    {"headline.opened", "New incident", "新事件"},
    {"why.opened",
     "You are the first to be told. Acknowledge it, or the escalation policy goes on.",
     "您是最先收到通知的人。请认领，否则将按升级策略继续升级。"},
    {"headline.escalated", "Not acknowledged{{ if .Step }}, step {{ .Step }}{{ end }}",
     "无人认领{{ if .Step }}，升级到第 {{ .Step }} 步{{ end }}"},
    {"why.escalated", "Nobody has acknowledged this incident so far. Please acknowledge it.",
     "该事件至今无人认领。请认领。"},
    {"headline.reminder", "Still not acknowledged", "仍无人认领"},
    {"why.reminder",
     "Nobody has acknowledged this incident. This reminder repeats until somebody does.",
     "该事件仍无人认领。在有人认领之前将重复提醒。"},
    {"headline.reopened", "Reopened", "重新打开"},
    {"why.reopened", "The problem is back, and the same incident is open again.",
     "问题再次出现，同一事件已重新打开。"},
    {"headline.still_firing", "Still firing", "仍在告警中"},
    {"why.still_firing",
     "It was resolved by hand while its alerts went on firing, so the incident is open again.",
     "已手动解决，但其告警仍在告警中，因此事件已重新打开。"},
    {"headline.raised", "Worse than acknowledged, now {{ .Priority }}",
     "比认领时更严重，现为 {{ .Priority }}"},
    {"why.raised", "It is worse than what you acknowledged. Please acknowledge it again.",
     "情况比您认领时更严重。请再次认领。"},
    {"headline.joined", "One more alert", "新增告警"},
    {"why.joined",
     "One more alert belongs to the incident that you acknowledged. Please acknowledge it again.",
     "您认领的事件新增了告警。请再次认领。"},
    {"headline.assigned", "Assigned to you", "指派给您"},
    {"why.assigned", "You are asked to take this incident. Acknowledge it, or decline it.",
     "请您处理该事件。请认领，或退回。"},
    {"headline.lapsed", "Your acknowledge has lapsed", "您的认领已失效"},
    {"why.lapsed",
     "You did not answer, so your acknowledge no longer counts. Acknowledge it again, or the "
     "escalation policy goes on.",
     "您未作回应，认领已失效。请再次认领，否则将按升级策略继续升级。"},
    {"headline.snooze_ended", "Snooze ended", "暂缓提醒结束"},
    {"why.snooze_ended", "The time that this incident was snoozed for is over.",
     "该事件的暂缓提醒时间已到。"},
    {"headline.pending_ended", "No longer pending", "挂起结束"},
    {"why.pending_ended", "This incident is no longer pending. Please go on with it.",
     "该事件的挂起已结束。请继续处理。"},
    {"headline.resolved", "Resolved", "已解决"},
    {"why.resolved",
     "{{ if .ResolvedBy }}{{ .ResolvedBy }} has resolved it.{{ else }}All its alerts have "
     "resolved.{{ end }} There is nothing to do.",
     "{{ if .ResolvedBy }}{{ .ResolvedBy }} 已解决该事件。{{ else }}所有告警已恢复，事件已解决。{{ "
     "end "
     "}}无需处理。"},
    {"headline.nobody", "Nobody could be told", "无人可通知"},
    {"why.nobody",
     "The escalation policy reached nobody, or is at its end. Assign somebody, or acknowledge it "
     "yourself.",
     "升级策略未能通知到任何人，或已到末尾。请指派处理人，或自行认领。"},
    {"headline.handed_over", "Escalated to your team", "升级到您的团队"},
    {"why.handed_over", "Another team asks yours to take this incident. Please acknowledge it.",
     "其他团队请您的团队处理该事件。请认领。"},

    {"subject", "[{{ .Priority }}] {{ .Headline }}: {{ .Title }} [{{ .Key }}]",
     "[{{ .Priority }}] {{ .Headline }}：{{ .Title }} [{{ .Key }}]"},
    {"brief", "[{{ .Priority }}] {{ .Headline }}: {{ .What }} ({{ .Key }}) {{ .Url }}",
     "[{{ .Priority }}] {{ .Headline }}：{{ .What }} ({{ .Key }}) {{ .Url }}"},

    // Rows: what, where, since when, how bad, who.
    {"label.separator", ": ", "："},
    {"label.incident", "Incident", "事件"},
    {"label.host", "Host", "主机"},
    {"label.since", "Since", "开始时间"},
    {"label.resolved_at", "Resolved", "解决时间"},
    {"label.severity", "Severity", "告警级别"},
    {"label.priority", "Priority", "优先级"},
    {"label.state", "State", "状态"},
    {"label.assignee", "Assignee", "处理人"},
    {"label.alerts", "Alerts", "告警"},
    {"label.told", "Also told", "同时通知"},
    {"label.runbook", "Runbook", "处置手册"},
    {"label.link", "Open", "查看"},
    {"label.timeline", "Timeline", "时间线"},
    {"value.since", "{{ .Time }}, for {{ .Duration }}", "{{ .Time }}，已持续 {{ .Duration }}"},
    {"value.resolved_at", "{{ .Time }}, after {{ .Duration }}",
     "{{ .Time }}，历时 {{ .Duration }}"},
    {"value.nobody", "nobody", "无"},
    {"value.counts",
     "{{ .Firing }} firing{{ if .Unknown }}, {{ .Unknown }} unknown{{ end }}{{ if .Resolved }}, {{ "
     ".Resolved }} resolved{{ end }}",
     "{{ .Firing }} 告警中{{ if .Unknown }}，{{ .Unknown }} 状态未知{{ end }}{{ if .Resolved "
     "}}，{{ "
     ".Resolved }} 已恢复{{ end }}"},
    {"value.more", "and {{ .Count }} more", "另有 {{ .Count }} 条"},
    {"value.list", ", ", "、"},

    {"state.triggered", "triggered", "待认领"},
    {"state.acknowledged", "acknowledged", "处理中"},
    {"state.pending", "pending", "挂起"},
    {"state.resolved", "resolved", "已解决(待确认)"},
    {"state.closed", "closed", "已关闭"},
    {"status.firing", "firing", "告警中"},
    {"status.resolved", "resolved", "已恢复"},
    {"status.unknown", "unknown", "状态未知"},
    {"severity.critical", "critical", "严重"},
    {"severity.warning", "warning", "警告"},
    {"severity.info", "info", "提示"},

    {"duration.d", "{{ . }} d", "{{ . }} 天"},
    {"duration.h", "{{ . }} h", "{{ . }} 小时"},
    {"duration.min", "{{ . }} min", "{{ . }} 分钟"},
    {"duration.s", "{{ . }} s", "{{ . }} 秒"},

    // The timeline's kinds; English is what the entry says itself. `.Data` holds its data.
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
    {"timeline.step_repeated", "{{ .Text }}", "再次提醒：{{ .Data.told }}"},
    {"timeline.step_skipped", "{{ .Text }}", "升级策略第 {{ .Data.step }} 步无人可通知，已跳过"},
    {"timeline.nobody", "{{ .Text }}", "升级策略无人可通知"},
    {"timeline.told", "{{ .Text }}", "已通过 {{ .Data.channel }} 通知 {{ .Data.person }}"},
    {"timeline.not_told", "{{ .Text }}",
     "未能通过 {{ .Data.channel }} 通知 {{ .Data.person }}{{ with .Data.detail }}：{{ . }}{{ end "
     "}}"},
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
    {"timeline.note", "{{ .Actor }}: {{ .Text }}", "{{ .Actor }}：{{ .Text }}"},
    {"timeline.other", "{{ .Text }}", "{{ .Text }}"},
    {"actor.system", "the system", "系统"},
};

}  // namespace

std::span<const Phrase> catalogue() {
    return kPhrases;
}

std::string_view phrase(std::string_view id, std::string_view language) {
    for (const Phrase& row : kPhrases) {
        if (row.id == id) return language.starts_with("zh") ? row.zh : row.en;
    }
    return {};
}

}  // namespace tocsin::bridge
