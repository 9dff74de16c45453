#include "bridge/notify/http_gateway.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "base/core/strings.h"
#include "base/net/file.h"
#include "base/net/http.h"
#include "bridge/notify/hook.h"
#include "bridge/notify/markup.h"
#include "bridge/notify/own_template.h"
#include "bridge/notify/webhook.h"

namespace tocsin::bridge {
namespace {

namespace json = boost::json;

json::value written(const BodyNode& node, const Dot& dot) {
    switch (node.kind) {
        case BodyNode::Kind::kText:
            return json::string(dot.render(node.text, ""));
        case BodyNode::Kind::kLiteral: {
            boost::system::error_code bad;
            json::value literal = json::parse(node.text, bad);
            return bad ? json::value(json::string(node.text)) : literal;
        }
        case BodyNode::Kind::kMap: {
            json::object out;
            for (std::size_t i = 0; i < node.children.size(); ++i) {
                out[node.names[i]] = written(node.children[i], dot);
            }
            return out;
        }
        case BodyNode::Kind::kList: {
            json::array out;
            for (const BodyNode& child : node.children) out.push_back(written(child, dot));
            return out;
        }
    }
    return nullptr;
}

}  // namespace

std::string gateway_body(const HttpChannel& channel, const Message& message,
                         const MessageTemplates& templates) {
    Dot dot(message, content_of(message),
            [](std::string_view text) { return escaped(Dialect::kPlain, text); });
    dot.set("Text", short_text(message, templates, static_cast<std::size_t>(channel.max_length)));
    if (channel.format == BodyFormat::kJson) return json::serialize(written(channel.body, dot));
    std::string out;
    for (std::size_t i = 0; i < channel.body.children.size(); ++i) {
        if (!out.empty()) out += '&';
        const BodyNode& field = channel.body.children[i];
        const bool text = field.kind == BodyNode::Kind::kText;
        out += net::percent_encode(channel.body.names[i]) + "=" +
               net::percent_encode(text ? dot.render(field.text, "") : field.text);
    }
    return out;
}

Outcome gateway_outcome(const HttpChannel& channel, const HttpAnswer& answer) {
    Outcome outcome = webhook_outcome(answer.status, answer.body, answer.retry_after);
    const bool good =
        channel.expect.empty() || answer.body.find(channel.expect) != std::string::npos;
    if (outcome.delivery != Delivery::kDelivered || good) return outcome;
    const std::string_view line = trim(std::string_view(answer.body).substr(0, 200));
    outcome.delivery = Delivery::kRetry;
    outcome.reason = OutcomeReason::kServerError;
    outcome.detail = valid_utf8("the answer is not as expected: " + std::string(line));
    return outcome;
}

Result<std::vector<std::pair<std::string, std::string>>> header_lines(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> out;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const std::string_view line = trim(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        if (line.empty() || line.front() == '#') continue;
        const auto colon = line.find(':');
        const std::string_view name = trim(line.substr(0, colon));
        const bool control = std::any_of(line.begin(), line.end(), [](char c) {
            return static_cast<unsigned char>(c) < 0x20 && c != '\t';
        });
        if (colon == std::string_view::npos || name.empty() || control ||
            name.find(' ') != std::string_view::npos) {
            return Error(ErrorCode::kInvalid, "a line of the headers' file is not \"Name: value\"");
        }
        out.emplace_back(name, trim(line.substr(colon + 1)));
    }
    return out;
}

Result<std::unique_ptr<Notifier>> make_http_gateway(const HttpChannel& channel,
                                                    const NotifierContext& context) {
    std::vector<std::pair<std::string, std::string>> headers;
    if (!channel.headers_file.empty()) {
        TOCSIN_TRY(const Secret file, net::read_secret(channel.headers_file));
        TOCSIN_TRY(headers, header_lines(file.reveal()));
    }
    Hook hook;
    hook.write = [channel, headers, templates = context.templates](const Message& message) {
        HttpPost post =
            json_post(channel.url, channel.ca_file, gateway_body(channel, message, templates));
        if (channel.format == BodyFormat::kForm) {
            post.headers.front().second = "application/x-www-form-urlencoded";
        }
        post.headers.insert(post.headers.end(), headers.begin(), headers.end());
        return post;
    };
    hook.read = [channel](const HttpAnswer& answer) { return gateway_outcome(channel, answer); };
    return make_hook(std::move(hook), context.timeout);
}

}  // namespace tocsin::bridge
