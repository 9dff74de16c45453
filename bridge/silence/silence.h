// Silences and occurrences of maintenance windows: which alerts they hold back, and when. Values
// and pure functions; the rules are Alertmanager 0.25's (silence/silence.go), so that its clients
// work.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "base/core/time.h"
#include "base/model/labels.h"
#include "base/model/matcher.h"
#include "bridge/incident/alert_record.h"

namespace tocsin::bridge {

// So long before its end the creator of a silence is warned.
inline constexpr Duration kWarnBeforeEnd = 15min;
// What still fires at a maintenance window's end has so long to settle.
inline constexpr Duration kMaintenanceSettle = 5min;
// One that has matched nothing for so long is listed as unused.
inline constexpr Duration kUnusedAfter = 7 * 24h;
// Kept so long after its end, as Alertmanager's --data.retention.
inline constexpr Duration kKeptAfterEnd = 120h;
// A silence for as long as an incident's alerts fire needs an end all the same.
inline constexpr Duration kLongestUntilClear = 7 * 24h;

// What the bridge has done about it so far; `due` is when the next follows.
enum class SilencePhase { kPending, kActive, kWarned, kOver };
inline constexpr std::array kSilencePhases = {SilencePhase::kPending, SilencePhase::kActive,
                                              SilencePhase::kWarned, SilencePhase::kOver};
std::string_view to_string(SilencePhase phase);  // "pending" …
std::optional<SilencePhase> parse_silence_phase(std::string_view text);

// A row of the store's silences.
struct Silence {
    std::string id;                                  // a UUID; a window's: see window.h
    SuppressorKind kind = SuppressorKind::kSilence;  // or kMaintenance
    std::string name;                                // of a maintenance window; "" for a silence
    Matchers matchers;                               // all must match
    Timestamp starts_at;
    Timestamp ends_at;
    Duration settle{0};  // holds back so long after its end
    std::string created_by;
    std::string comment;
    std::string change;   // the number of a change, of maintenance; "" for none
    IncidentId incident;  // ends when this incident's alerts have cleared; none for the others
    Timestamp created_at;
    Timestamp updated_at;
    std::optional<Timestamp> matched_at;  // when it last held something back
    SilencePhase phase = SilencePhase::kPending;
    std::optional<Timestamp> due;
    bool operator==(const Silence&) const = default;
};

enum class SilenceStatus { kActive, kPending, kExpired };  // in the order in which lists show them
std::string_view to_string(SilenceStatus status);          // as Alertmanager's status.state
SilenceStatus status_of(const Silence& silence, Timestamp now);

// What a maintenance window that nobody named is called: "by li.na, CHG-7".
std::string name_of_its_own(const Silence& window);
// Whether it holds such an alert back now.
bool hides(const Silence& silence, const Labels& labels, Timestamp now);
// As what it holds an alert back; `since` is now.
Suppressor suppressor_by(const Silence& silence, Timestamp now);
bool is_unused(const Silence& silence, Timestamp now);

// kInvalid in Alertmanager's words: "silence invalid: at least one matcher required" ….
Result<void> check_silence(const Silence& silence);

// What a POST makes of the one that has its id (null: none has, or it names none): the same one
// changed, or a new one under `new_id` and the old one expired. Its phase and due are set.
struct SilencePut {
    Silence stored;
    std::optional<Silence> expired;
};
Result<SilencePut> put_silence(const Silence* known, Silence posted, std::string new_id,
                               Timestamp now);
// Over as of now; one that has expired already stays as it is.
Silence expire_silence(Silence silence, Timestamp now);

// Its phase and due as of now; what has happened since is told once, in order.
struct SilenceSteps {
    Silence next;
    bool started = false;
    bool warn = false;    // ends soon
    bool ended = false;   // settled as well
    bool forget = false;  // to be deleted
};
SilenceSteps advance_silence(Silence silence, Timestamp now);

// The order of Alertmanager's list: active by end, pending by start, expired by end backwards.
void sort_silences(std::vector<Silence>& silences, Timestamp now);
// Alertmanager's `filter`, as of 0.25: whether each of these is a matcher of the silence, word for
// word.
bool passes_filter(const Silence& silence, const Matchers& filter);

}  // namespace tocsin::bridge
