// Silences as Alertmanager's v2 API reads and writes them (api/v2/api.go, version 0.25), with its
// statuses and words, and as our own API lists them. Pure.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/core/time.h"
#include "base/net/http.h"
#include "bridge/silence/silence.h"

namespace tocsin::bridge {

// The body of POST /api/v2/silences, or the answer to one that is wrong.
std::variant<Silence, net::Response> parse_posted_silence(std::string_view body, Timestamp now);
// 422 for what is no UUID, as its framework says it.
net::Response not_a_uuid(std::string_view id);
bool is_uuid(std::string_view text);
std::string new_uuid();  // version 4, of the system's randomness

std::string silence_json(const Silence& silence, Timestamp now);
std::string silences_json(std::vector<Silence> silences, const Matchers& filter, Timestamp now);

// Ours: what Alertmanager's shape has no place for. `held`: all alerts that are held back now.
struct HeldCount {
    std::string suppressor;  // its id
    int alerts = 0;
};
std::string silence_list_json(std::vector<Silence> silences, const std::vector<HeldCount>& held,
                              Timestamp now);
std::string maintenance_list_json(std::vector<Silence> windows, const std::vector<HeldCount>& held,
                                  Timestamp now);
std::string maintenance_json(const Silence& window, Timestamp now);

}  // namespace tocsin::bridge
