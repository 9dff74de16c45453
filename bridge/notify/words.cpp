#include "bridge/notify/words.h"

#include <fmt/format.h>

#include "base/core/strings.h"
#include "bridge/notify/catalogue.h"
#include "bridge/notify/content.h"
#include "bridge/notify/own_template.h"

namespace tocsin::bridge {
namespace {

std::string linked(std::string_view text) {
    const std::string safe = html_escaped(text);
    return is_link(text) ? fmt::format("<a href=\"{0}\">{0}</a>", safe) : safe;
}

std::string plain(const Content& page, std::string_view language) {
    const std::string_view separator = phrase("label.separator", language);
    std::string out = page.headline + "\n" + page.why + "\n";
    if (!page.summary.empty()) out += "\n" + page.summary + "\n";
    if (!page.description.empty()) out += "\n" + page.description + "\n";
    out += "\n";
    for (const std::string& line : page.incidents) out += "- " + line + "\n";
    if (!page.incidents.empty()) {
        out += fmt::format("\n{}{}{}\n", page.taps.back().label, separator, page.taps.back().url);
    }
    for (const Row& row : page.rows) {
        out += fmt::format("{}{}{}\n", row.label, separator, row.value);
        for (const std::string& line : row.lines) out += "  - " + line + "\n";
    }
    if (!page.timeline.empty()) {
        out += fmt::format("\n{}\n", phrase("label.timeline", language));
        for (const std::string& line : page.timeline) out += "  " + line + "\n";
    }
    return out;
}

// Mail programs know only inline styles; the severity is said in words, colour only underlines it.
std::string html(const Content& page, const Message& message) {
    const std::string_view lang = message.language.starts_with("zh") ? "zh-CN" : "en";
    const std::string_view accent = message.kind == MessageKind::kResolved ? "#1a7f37"
                                    : message.severity == "critical"       ? "#b3261e"
                                                                           : "#9a6700";
    std::string out = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"{}\"><head><meta "
        "charset=\"utf-8\"><title>{}</title></head>\n"
        "<body style=\"font:16px/1.5 system-ui,sans-serif;color:#1f2328\">\n"
        "<div style=\"border-left:4px solid {};padding-left:12px\">\n"
        "<h1 style=\"font-size:20px;margin:0\">{}</h1>\n<p style=\"margin:4px 0\">{}</p>\n</div>\n",
        lang, html_escaped(message.title), accent, html_escaped(page.headline),
        html_escaped(page.why));
    if (!page.summary.empty()) out += fmt::format("<p><b>{}</b></p>\n", html_escaped(page.summary));
    if (!page.description.empty()) {
        out += fmt::format("<p style=\"white-space:pre-wrap\">{}</p>\n",
                           html_escaped(page.description));
    }
    for (const std::string& line : page.incidents) out += html_escaped(line) + "<br>\n";
    if (!page.incidents.empty()) out += "<p>" + linked(page.taps.back().url) + "</p>\n";
    out += "<table style=\"border-collapse:collapse\">\n";
    for (const Row& row : page.rows) {
        out += fmt::format(
            "<tr><th scope=\"row\" style=\"text-align:left;vertical-align:top;font-weight:normal;"
            "color:#59636e;padding:2px 16px 2px 0\">{}</th><td>{}",
            html_escaped(row.label), linked(row.value));
        for (const std::string& line : row.lines) out += "<br>" + html_escaped(line);
        out += "</td></tr>\n";
    }
    out += "</table>\n";
    if (!page.timeline.empty()) {
        out += fmt::format("<h2 style=\"font-size:16px\">{}</h2>\n<ul>\n",
                           phrase("label.timeline", message.language));
        for (const std::string& line : page.timeline) {
            out += "<li>" + html_escaped(line) + "</li>\n";
        }
        out += "</ul>\n";
    }
    return out + "</body></html>\n";
}

std::string preformatted(std::string_view text) {
    return "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head><body><pre "
           "style=\"white-space:pre-wrap\">" +
           html_escaped(text) + "</pre></body></html>\n";
}

std::string one_line(std::string text) {
    for (char& c : text) {
        if (c == '\n' || c == '\r') c = ' ';
    }
    return text;
}

}  // namespace

Words words_for(const Message& message, const MessageTemplates& templates) {
    const Content page = content_of(message);
    const Dot dot(message, page, [](std::string_view text) { return std::string(text); });
    Words words;
    words.subject = valid_utf8(one_line(dot.render(templates.subject, page.subject)));
    words.brief = valid_utf8(one_line(dot.render(templates.brief, page.brief)));
    words.text = valid_utf8(dot.render(templates.text, plain(page, message.language)));
    words.html =
        valid_utf8(templates.text.empty() ? html(page, message) : preformatted(words.text));
    return words;
}

}  // namespace tocsin::bridge
