// What a line of the timeline of a problem, a review or an article says, by its kind, as
// `record.<kind>` (compare catalogue_timeline.cpp), and the words of what the bridge drafts.
#include "bridge/notify/catalogue.h"

namespace tocsin::bridge {
namespace {

constexpr Phrase kPhrases[] = {
    {"record.suggested", "{{ .Text }}",
     "{{ with .Data.incident }}{{ . }} 为重大事件，须复盘{{ else }}{{ .Data.within }} 内第 {{ "
     ".Data.times }} 次发生，建议立为问题{{ end }}"},
    {"record.made", "{{ .Text }}", "{{ .Actor }} 创建"},
    {"record.edited", "{{ .Text }}", "{{ .Actor }} 修改"},
    {"record.note", "{{ .Actor }}: {{ .Text }}", "{{ .Actor }}：{{ .Text }}"},
    {"record.opened", "{{ .Text }}", "{{ .Actor }} 立为问题"},
    {"record.rejected", "{{ .Text }}", "{{ .Actor }} 驳回"},
    {"record.known_error", "{{ .Text }}", "{{ .Actor }} 列为已知错误"},
    {"record.fixed", "{{ .Text }}", "{{ .Actor }} 已修复"},
    {"record.closed", "{{ .Text }}", "{{ .Actor }} 关闭"},
    {"record.linked", "{{ .Text }}", "{{ .Actor }} 关联 {{ .Data.incidents }}"},
    {"record.unlinked", "{{ .Text }}", "{{ .Actor }} 取消关联 {{ .Data.incidents }}"},
    {"record.came_back", "{{ .Text }}", "再次发生：{{ .Data.incident }}"},
    {"record.action", "{{ .Text }}",
     "{{ .Actor }} 添加改进措施 {{ .Data.number }}：{{ .Data.action }}"},
    {"record.action_done", "{{ .Text }}",
     "{{ .Actor }} 完成改进措施 {{ .Data.number }}：{{ .Data.action }}"},
    {"record.done", "{{ .Text }}", "{{ .Actor }} 完成复盘"},
    {"record.reopened", "{{ .Text }}", "{{ .Actor }} 重新打开"},
    {"record.published", "{{ .Text }}", "{{ .Actor }} 发布"},
    {"record.withdrawn", "{{ .Text }}", "{{ .Actor }} 撤回"},

    {"draft.review", "Review: {{ .Title }}", "复盘：{{ .Title }}"},
    {"draft.line", "{{ with .Actor }}{{ . }}: {{ end }}{{ .Text }}",
     "{{ with .Actor }}{{ . }}：{{ end }}{{ .Text }}"},
    {"draft.symptom", "Symptom", "故障现象"},
    {"draft.cause", "Cause", "原因分类"},
    {"draft.solution", "Solution", "解决方法"},
    {"draft.proof", "Proof", "证明"},
};

}  // namespace

std::span<const Phrase> record_catalogue() {
    return kPhrases;
}

}  // namespace tocsin::bridge
