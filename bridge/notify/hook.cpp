#include "bridge/notify/hook.h"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <utility>

#include "base/core/strings.h"
#include "base/net/file.h"
#include "bridge/notify/webhook.h"

namespace tocsin::bridge {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostDetail = 200;

class HookNotifier final : public Notifier {
  public:
    HookNotifier(Hook hook, Duration timeout) : hook_(std::move(hook)), timeout_(timeout) {}

    Outcome send(const Message& message) override {
        HttpPost post = hook_.write(message);
        post.timeout = timeout_;
        const HttpAnswer answer = post_http(post);
        if (answer.status == 0) return answer.failure;
        return hook_.read(answer);
    }

  private:
    const Hook hook_;
    const Duration timeout_;
};

}  // namespace

std::unique_ptr<Notifier> make_hook(Hook hook, Duration timeout) {
    return std::make_unique<HookNotifier>(std::move(hook), timeout);
}

HttpPost json_post(std::string url, std::string ca_file, std::string body) {
    HttpPost post;
    post.url = std::move(url);
    post.ca_file = std::move(ca_file);
    post.body = std::move(body);
    post.headers = {{"Content-Type", "application/json; charset=utf-8"}, {"User-Agent", "Tocsin"}};
    return post;
}

Outcome coded_outcome(const HttpAnswer& answer, std::string_view code_field,
                      std::string_view text_field, std::span<const CodeMeaning> meanings) {
    Outcome outcome = webhook_outcome(answer.status, answer.body, answer.retry_after);
    if (outcome.delivery != Delivery::kDelivered) return outcome;
    boost::system::error_code bad;
    const json::value body = json::parse(answer.body, bad);
    const auto* object = bad ? nullptr : body.if_object();
    const auto* code = object != nullptr ? object->if_contains(code_field) : nullptr;
    if (code == nullptr || !code->is_int64()) {
        return {Delivery::kRetry,
                OutcomeReason::kServerError,
                fmt::format("HTTP {} without {}", answer.status, code_field),
                {}};
    }
    if (code->get_int64() == 0) return outcome;
    const auto* text = object->if_contains(text_field);
    const std::string words =
        text != nullptr && text->is_string() ? std::string(text->get_string()) : std::string();
    outcome.detail = valid_utf8(
        fmt::format("{} {}: {}", code_field, code->get_int64(), words).substr(0, kMostDetail));
    outcome.delivery = Delivery::kRetry;
    outcome.reason = OutcomeReason::kServerError;
    for (const CodeMeaning& row : meanings) {
        if (row.code != code->get_int64()) continue;
        outcome.delivery = row.delivery;
        outcome.reason = row.reason;
        if (row.wait > Duration{0}) outcome.retry_after = row.wait;
    }
    return outcome;
}

Result<std::string> secret_or_nothing(const std::string& file) {
    if (file.empty()) return std::string();
    TOCSIN_TRY(const Secret secret, net::read_secret(file));
    return secret.reveal();
}

}  // namespace tocsin::bridge
