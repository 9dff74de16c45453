// What a message template may name, and whether a text is one. The notifiers fill exactly these
// (a test compares), so that a mistake is found when the file is read and not when it burns.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace tocsin::bridge {

inline constexpr std::array<std::string_view, 29> kTemplateTexts = {
    "Kind",    "Headline",    "Why",      "Priority",  "Severity",    "State",
    "Key",     "Title",       "What",     "Summary",   "Description", "Host",
    "Since",   "For",         "Resolved", "Assignee",  "Told",        "Runbook",
    "Url",     "Acknowledge", "Resolve",  "Language",  "Number",      "Text",
    "Subject", "Brief",       "Count",    "Recipient", "Category"};
// Lists of texts, but Rows and Links: maps with Label and Value.
inline constexpr std::array<std::string_view, 7> kTemplateLists = {
    "Rows", "Alerts", "Timeline", "Incidents", "Links", "Similar", "Problems"};

// Why the text is no template that messages can fill; "" when it is one.
std::string template_problem(std::string_view text);

}  // namespace tocsin::bridge
