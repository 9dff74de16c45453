#include "bridge/api/link_page.h"

#include <fmt/format.h>

#include "base/core/strings.h"
#include "bridge/notify/say.h"
#include "bridge/notify/words.h"

namespace tocsin::bridge {
namespace {

constexpr std::string_view kStyle =
    "body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;padding:24px 16px;max-width:32em;"
    "color:#1f2328;background:#fff}h1{font-size:20px}button{font:inherit;font-weight:600;width:100%"
    ";"
    "min-height:56px;border:0;border-radius:4px;background:#1f4fd8;color:#fff}label{display:block;"
    "margin:12px 0}input{font:inherit;width:100%;min-height:44px;box-sizing:border-box}"
    "@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}a{color:#79b8ff}}";

std::string input(std::string_view label, std::string_view name, std::string_view type) {
    return fmt::format(
        "<label>{}<input name=\"{}\" type=\"{}\" required autocomplete=\"off\"></label>\n",
        html_escaped(label), name, type);
}

// It posts to the very address it stands at.
std::string form(const LinkPage& page, std::string_view language) {
    std::string out;
    if (page.form == LinkPage::Form::kNone) return out;
    if (page.form == LinkPage::Form::kButton && !page.person.empty()) {
        out += fmt::format("<p>{}</p>\n", html_escaped(say("link.as", language, page.person)));
    }
    out += "<form method=\"post\">\n";
    if (page.form == LinkPage::Form::kIdentity) {
        out += fmt::format("<p>{}</p>\n", html_escaped(say("link.group", language)));
        out += input(say("link.name", language), "name", "text");
        out += input(say("link.token", language), "token", "password");
    }
    return out + fmt::format("<button>{}</button>\n</form>\n", html_escaped(page.action));
}

}  // namespace

net::Response link_page(const LinkPage& page, std::string_view language) {
    const std::string_view lang = language.starts_with("zh") ? "zh-CN" : "en";
    std::string body = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
        "content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\"><title>{}</title>"
        "<style>{}</style></head>\n<body><main>\n<h1>{}</h1>\n",
        lang, "Tocsin", kStyle, html_escaped(page.sentence));
    if (page.subject) {
        const LinkSubject& subject = *page.subject;
        body += fmt::format("<p><b>{}</b> {}</p>\n<p>{}</p>\n", to_string(subject.priority),
                            html_escaped(subject.title),
                            html_escaped(word("state", to_string(subject.state), language)));
    }
    body += form(page, language);
    if (page.subject) {
        body += fmt::format("<p><a href=\"{}\">{}</a></p>\n", html_escaped(page.subject->url),
                            html_escaped(say("link.open", language)));
    }
    net::Response response = net::Response::text(page.status, body + "</main></body></html>\n");
    response.headers.set("Content-Type", "text/html; charset=utf-8");
    response.headers.set("Content-Language", std::string(lang));
    // No script, no frames, nothing from elsewhere; the address, which is a secret, goes nowhere.
    response.headers.set("Content-Security-Policy",
                         "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
                         "base-uri 'none'; frame-ancestors 'none'");
    response.headers.set("Referrer-Policy", "no-referrer");
    response.headers.set("X-Robots-Tag", "noindex");
    return response;
}

}  // namespace tocsin::bridge
