// The channels of bridge.yml as plain values: one struct a type, and what all of them share.
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "base/core/time.h"
#include "bridge/oncall/people.h"

namespace tocsin::bridge {

enum class MailSecurity { kStartTls, kTls, kNone };

struct EmailChannel {
    std::string server;  // host:port
    MailSecurity security = MailSecurity::kStartTls;
    std::string ca_file;  // "" for the system's
    std::string from;
    std::string user;           // "" for no AUTH
    std::string password_file;  // "" without a user
};

// A POST of JSON, signed with HMAC-SHA256 when there is a secret.
struct WebhookChannel {
    std::string url;
    std::string secret_file;
    std::string ca_file;
};

// Group robots. A token or an address that lets its holder write comes from a file.
struct DingtalkChannel {
    std::string url;
    std::string token_file;
    std::string secret_file;  // "" for a robot without signature
    std::string ca_file;
};
struct WecomChannel {
    std::string url;
    std::string token_file;
    std::string ca_file;
};
struct FeishuChannel {
    std::string url;
    std::string token_file;
    std::string secret_file;
    std::string ca_file;
};
struct SlackChannel {
    std::string url;  // one of the two
    std::string url_file;
    std::string ca_file;
};
struct TeamsChannel {
    std::string url;
    std::string url_file;
    std::string ca_file;
};

struct PagerdutyChannel {
    std::string url;
    std::string routing_key_file;
    std::string ca_file;
    std::map<std::string, std::string> severities;  // ours → PagerDuty's; the rest by priority
};

// What an HTTP gateway is sent: JSON whose texts are templates.
struct BodyNode {
    enum class Kind { kText, kLiteral, kMap, kList } kind = Kind::kText;
    std::string text;  // of kText a template, of kLiteral a number, true, false or null
    std::vector<std::string> names;  // of kMap, beside `children`
    std::vector<BodyNode> children;
};
enum class BodyFormat { kJson, kForm };

struct HttpChannel {
    std::string url;
    std::string headers_file;  // "Name: value" a line
    std::string ca_file;
    BodyFormat format = BodyFormat::kJson;
    BodyNode body;
    std::string expect;    // what a good answer's body contains; "" for any
    int max_length = 300;  // of a text, in characters
};

// A program of this host, started without a shell.
struct CommandChannel {
    std::vector<std::string> command;  // the program, then templates
    Duration timeout{20s};
    int max_length = 300;
};

// So many messages at most in any window of this length.
struct Rate {
    int most = 0;
    Duration window{0};
    bool operator==(const Rate&) const = default;
};

// Templates in place of the catalogue's; "" for those.
struct MessageTemplates {
    std::string subject;  // one line: a title
    std::string brief;    // one line that stands alone
    std::string text;     // the whole body
    bool operator==(const MessageTemplates&) const = default;
};

using ChannelSettings =
    std::variant<EmailChannel, WebhookChannel, DingtalkChannel, WecomChannel, FeishuChannel,
                 SlackChannel, TeamsChannel, PagerdutyChannel, HttpChannel, CommandChannel>;

struct Channel {
    std::string name;
    ChannelSettings settings;
    Readership readership = Readership::kProgram;
    std::vector<Rate> rates{};        // all of them hold; none: as fast as it goes
    std::vector<Rate> per_contact{};  // likewise for each address
    MessageTemplates templates{};
};

}  // namespace tocsin::bridge
