#include "bridge/config/channel_types.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/core/strings.h"
#include "bridge/config/message_template.h"
#include "bridge/config/reading.h"

namespace tocsin::bridge {
namespace {

using text::MapReader;
using text::YamlKind;
using text::YamlNode;

// A value with its default; what must be there is required.
std::string text_of(MapReader& r, std::string_view key, std::string otherwise = {}) {
    return r.string(key).value_or(std::move(otherwise));
}
std::string required(MapReader& r, std::string_view key) {
    r.require(key);
    return text_of(r, key);
}
std::string url_of(MapReader& r, std::string otherwise = {}) {
    std::string url = text_of(r, "url", std::move(otherwise));
    if (!url.empty() && !is_http_url(url)) {
        r.error("url", "must start with http:// or https://");
    }
    return url;
}

ChannelSettings read_email(MapReader& r, Diagnostics&) {
    EmailChannel mail;
    mail.server = required(r, "server");
    if (!mail.server.empty() && !is_host_port(mail.server)) {
        r.error("server", "must be host:port, like smtp.example.com:587");
    }
    static constexpr std::array<std::string_view, 3> kSecurity = {"starttls", "tls", "none"};
    const std::string security = r.choice("security", kSecurity).value_or("starttls");
    mail.security = security == "tls"    ? MailSecurity::kTls
                    : security == "none" ? MailSecurity::kNone
                                         : MailSecurity::kStartTls;
    mail.ca_file = text_of(r, "ca_file");
    mail.from = required(r, "from");
    if (!mail.from.empty() && !is_address(mail.from)) {
        r.error("from", "must be an address like tocsin@example.com");
    }
    mail.user = text_of(r, "user");
    mail.password_file = text_of(r, "password_file");
    if (mail.user.empty() != mail.password_file.empty()) {
        r.error(
            mail.user.empty() ? "password_file" : "user",
            mail.user.empty() ? "needs \"user\" beside it" : "needs \"password_file\" beside it");
    }
    if (mail.security == MailSecurity::kNone && !mail.user.empty() && !is_loopback(mail.server)) {
        r.error("security", "\"none\" would send the password in the clear");
    }
    return mail;
}

ChannelSettings read_webhook(MapReader& r, Diagnostics&) {
    WebhookChannel hook;
    r.require("url");
    hook.url = url_of(r);
    hook.secret_file = text_of(r, "secret_file");
    hook.ca_file = text_of(r, "ca_file");
    return hook;
}

ChannelSettings read_dingtalk(MapReader& r, Diagnostics&) {
    DingtalkChannel robot;
    robot.url = url_of(r, "https://oapi.dingtalk.com/robot/send");
    robot.token_file = required(r, "token_file");
    robot.secret_file = text_of(r, "secret_file");
    robot.ca_file = text_of(r, "ca_file");
    return robot;
}

ChannelSettings read_wecom(MapReader& r, Diagnostics&) {
    WecomChannel robot;
    robot.url = url_of(r, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send");
    robot.token_file = required(r, "token_file");
    robot.ca_file = text_of(r, "ca_file");
    return robot;
}

ChannelSettings read_feishu(MapReader& r, Diagnostics&) {
    FeishuChannel robot;
    robot.url = url_of(r, "https://open.feishu.cn/open-apis/bot/v2/hook");
    robot.token_file = required(r, "token_file");
    robot.secret_file = text_of(r, "secret_file");
    robot.ca_file = text_of(r, "ca_file");
    return robot;
}

// The address is the secret: from a file, or spelled out where that is no matter.
template <class Settings>
ChannelSettings read_hook(MapReader& r, Diagnostics&) {
    Settings hook;
    hook.url = url_of(r);
    hook.url_file = text_of(r, "url_file");
    hook.ca_file = text_of(r, "ca_file");
    if (hook.url.empty() == hook.url_file.empty()) {
        r.error("url_file", "needs either \"url_file\" or \"url\"");
    }
    return hook;
}

ChannelSettings read_pagerduty(MapReader& r, Diagnostics& d) {
    PagerdutyChannel pager;
    pager.url = url_of(r, "https://events.pagerduty.com/v2/enqueue");
    pager.routing_key_file = required(r, "routing_key_file");
    pager.ca_file = text_of(r, "ca_file");
    static constexpr std::array<std::string_view, 4> kTheirs = {"critical", "error", "warning",
                                                                "info"};
    const YamlNode node = r.node("severities");
    if (!node) return pager;
    MapReader map(node, "\"severities\"", d);
    if (node.kind() != YamlKind::kMap) return pager;
    for (const auto& [name, value] : node.entries()) {
        pager.severities[name] = map.choice(name, kTheirs).value_or("");
    }
    return pager;
}

bool is_literal(const YamlNode& node) {
    const std::string_view text = node.scalar();
    return !node.quoted() &&
           (text == "true" || text == "false" || text == "null" || parse_int(text).has_value());
}

BodyNode read_body(const YamlNode& node, Diagnostics& d) {
    BodyNode out;
    switch (node.kind()) {
        case YamlKind::kNull:
            out.kind = BodyNode::Kind::kLiteral;
            out.text = "null";
            break;
        case YamlKind::kScalar: {
            out.kind = is_literal(node) ? BodyNode::Kind::kLiteral : BodyNode::Kind::kText;
            out.text = std::string(node.scalar());
            const std::string problem = template_problem(out.text);
            if (!problem.empty()) {
                d.error(node.position(), "no template for messages: " + problem);
            }
            break;
        }
        case YamlKind::kSequence:
            out.kind = BodyNode::Kind::kList;
            for (const YamlNode& item : node.items()) out.children.push_back(read_body(item, d));
            break;
        case YamlKind::kMap:
            out.kind = BodyNode::Kind::kMap;
            for (const auto& [name, value] : node.entries()) {
                out.names.push_back(name);
                out.children.push_back(read_body(value, d));
            }
            break;
    }
    return out;
}

int read_length(MapReader& r) {
    return static_cast<int>(r.integer("max_length", 40, 10'000).value_or(300));
}

ChannelSettings read_http(MapReader& r, Diagnostics& d) {
    HttpChannel gateway;
    r.require("url");
    gateway.url = url_of(r);
    gateway.headers_file = text_of(r, "headers_file");
    gateway.ca_file = text_of(r, "ca_file");
    static constexpr std::array<std::string_view, 2> kFormats = {"json", "form"};
    const bool form = r.choice("format", kFormats).value_or("json") == "form";
    gateway.format = form ? BodyFormat::kForm : BodyFormat::kJson;
    r.require("body");
    if (const YamlNode body = r.node("body")) {
        gateway.body = read_body(body, d);
        const auto& fields = gateway.body.children;
        const bool flat = std::all_of(fields.begin(), fields.end(),
                                      [](const BodyNode& field) { return field.children.empty(); });
        if (gateway.body.kind != BodyNode::Kind::kMap || (form && !flat)) {
            r.error("body", form ? "of a form must be a map of texts" : "must be a map");
        }
    }
    gateway.expect = text_of(r, "expect");
    gateway.max_length = read_length(r);
    return gateway;
}

ChannelSettings read_command(MapReader& r, Diagnostics&) {
    CommandChannel channel;
    r.require("command");
    channel.command = r.strings("command");
    if (!channel.command.empty() && !channel.command.front().starts_with('/')) {
        r.error("command", "must begin with a program's whole path, like /usr/local/bin/sms");
    }
    for (const std::string& word : channel.command) {
        const std::string problem = template_problem(word);
        if (!problem.empty()) r.error("command", "no template for messages: " + problem);
    }
    channel.timeout = r.duration("timeout").value_or(channel.timeout);
    if (channel.timeout < 1s || channel.timeout > 1min) {
        r.error("timeout", "must be from 1s to 1m");
    }
    channel.max_length = read_length(r);
    return channel;
}

std::string no_address(const ChannelSettings&) {
    return {};
}
std::string hook_address(const ChannelSettings& settings) {
    return std::get<WebhookChannel>(settings).url;
}
std::string any_address(std::string_view) {
    return {};
}
std::string mail_problem(std::string_view address) {
    if (is_address(address)) return {};
    return fmt::format("\"{}\" is no e-mail address", address);
}
std::string hook_problem(std::string_view address) {
    return is_http_url(address) ? "" : "\"url\" must start with http:// or https://";
}
// A leading minus would be an option of a command; letters, another service's address.
std::string number_problem(std::string_view address) {
    const std::string_view digits = address.substr(address.starts_with('+') ? 1 : 0);
    const bool good = digits.size() >= 3 && std::all_of(digits.begin(), digits.end(), [](char c) {
                          return c >= '0' && c <= '9';
                      });
    if (good) return {};
    return fmt::format("\"{}\" is no telephone number; write digits, with + before a country code",
                       address);
}
std::string mention_problem(std::string_view address) {
    const bool good = std::all_of(address.begin(), address.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("_-.@+").find(c) != std::string_view::npos;
    });
    if (good) return {};
    return fmt::format("\"{}\" is nobody to mention; write a mobile number or the vendor's user id",
                       address);
}

constexpr std::span<const Rate> kUnlimited;
constexpr std::array kTwentyAMinute = {Rate{20, 1min}};
constexpr std::array kFeishuRates = {Rate{100, 1min}, Rate{5, 1s}};
constexpr std::array kOneASecond = {Rate{1, 1s}};
constexpr std::array kFourASecond = {Rate{4, 1s}};
constexpr std::array kSmsCaps = {Rate{5, 15min}, Rate{11, 1h}, Rate{21, 3h}};

constexpr auto kGroup = Readership::kGroup;
constexpr std::string_view kRobot = "a contact of a group robot";
constexpr std::string_view kSms = "a contact by SMS";
constexpr std::array kTypes = {
    ChannelType{"email", Readership::kPerson, kUnlimited, kUnlimited, read_email,
                "a contact by e-mail", "address", true, no_address, mail_problem},
    ChannelType{"webhook", Readership::kProgram, kUnlimited, kUnlimited, read_webhook,
                "a contact of a webhook", "url", true, hook_address, hook_problem},
    ChannelType{"dingtalk", kGroup, kTwentyAMinute, kUnlimited, read_dingtalk, kRobot, "at", false,
                no_address, mention_problem},
    ChannelType{"wecom", kGroup, kTwentyAMinute, kUnlimited, read_wecom, kRobot, "at", false,
                no_address, mention_problem},
    ChannelType{"feishu", kGroup, kFeishuRates, kUnlimited, read_feishu, kRobot, "at", false,
                no_address, mention_problem},
    ChannelType{"slack", kGroup, kOneASecond, kUnlimited, read_hook<SlackChannel>, kRobot, "at",
                false, no_address, mention_problem},
    ChannelType{"teams", kGroup, kFourASecond, kUnlimited, read_hook<TeamsChannel>, kRobot, "at",
                false, no_address, mention_problem},
    ChannelType{"pagerduty", Readership::kProgram, kUnlimited, kUnlimited, read_pagerduty,
                "a contact of PagerDuty", "", false, no_address, any_address},
    ChannelType{"http", Readership::kPerson, kUnlimited, kSmsCaps, read_http, kSms, "number", true,
                no_address, number_problem},
    ChannelType{"command", Readership::kPerson, kUnlimited, kSmsCaps, read_command, kSms, "number",
                true, no_address, number_problem},
};
static_assert(kTypes.size() == std::variant_size_v<ChannelSettings>);

}  // namespace

std::span<const ChannelType> channel_types() {
    return kTypes;
}

}  // namespace tocsin::bridge
