#include "bridge/silence/silence.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace tocsin::bridge {
namespace {

constexpr std::array<std::string_view, 4> kPhaseWords = {"pending", "active", "warned", "over"};

bool same_matchers(const Matchers& a, const Matchers& b) {
    return a == b;
}

// Which changes keep the silence that it is: Alertmanager's canUpdate().
bool can_update(const Silence& known, const Silence& posted, Timestamp now) {
    if (!same_matchers(known.matchers, posted.matchers)) return false;
    switch (status_of(known, now)) {
        case SilenceStatus::kActive:
            return posted.starts_at == known.starts_at && posted.ends_at >= now;
        case SilenceStatus::kPending:
            return posted.starts_at >= now;
        case SilenceStatus::kExpired:
            return false;
    }
    return false;
}

// Negations never count as such: `env!="prod"` alone is a silence (silence.go, matchesEmpty).
bool matches_empty(const Matcher& matcher) {
    const bool negated = matcher.op() == MatchOp::kNotEqual || matcher.op() == MatchOp::kNotRegex;
    return !negated && matcher.matches(std::string_view());
}

Error invalid(std::string why) {
    return Error(ErrorCode::kInvalid, "silence invalid: " + std::move(why));
}

// As if nothing had been done about it yet; advance_silence() catches up.
Silence begun_anew(Silence silence, Timestamp now) {
    silence.phase = SilencePhase::kPending;
    silence.due = std::min(silence.starts_at, now);
    return silence;
}

Timestamp settled_at(const Silence& silence) {
    return silence.ends_at + silence.settle;
}

}  // namespace

std::string_view to_string(SilencePhase phase) {
    return kPhaseWords.at(static_cast<std::size_t>(phase));
}

std::optional<SilencePhase> parse_silence_phase(std::string_view text) {
    for (const SilencePhase phase : kSilencePhases) {
        if (text == to_string(phase)) return phase;
    }
    return std::nullopt;
}

std::string_view to_string(SilenceStatus status) {
    switch (status) {
        case SilenceStatus::kActive:
            return "active";
        case SilenceStatus::kPending:
            return "pending";
        case SilenceStatus::kExpired:
            return "expired";
    }
    return "";
}

SilenceStatus status_of(const Silence& silence, Timestamp now) {
    if (now < silence.starts_at) return SilenceStatus::kPending;
    return now < silence.ends_at ? SilenceStatus::kActive : SilenceStatus::kExpired;
}

std::string name_of_its_own(const Silence& window) {
    std::string name = "by " + window.created_by;
    if (!window.change.empty()) name += ", " + window.change;
    return name;
}

bool hides(const Silence& silence, const Labels& labels, Timestamp now) {
    // An end that was brought forward to the start ends at once, settling or not.
    if (now < silence.starts_at || silence.starts_at >= silence.ends_at) return false;
    return now < settled_at(silence) && matches_all(silence.matchers, labels);
}

Suppressor suppressor_by(const Silence& silence, Timestamp now) {
    Suppressor by;
    by.kind = silence.kind;
    by.id = silence.id;
    by.name = silence.name;
    if (by.name.empty()) {
        by.name = silence.comment.empty()
                      ? fmt::format("by {}", silence.created_by)
                      : fmt::format("by {}: {}", silence.created_by, silence.comment);
    }
    by.since = now;
    by.until = settled_at(silence);
    return by;
}

bool is_unused(const Silence& silence, Timestamp now) {
    if (status_of(silence, now) != SilenceStatus::kActive) return false;
    return now - std::max(silence.matched_at.value_or(silence.starts_at), silence.starts_at) >=
           kUnusedAfter;
}

Result<void> check_silence(const Silence& silence) {
    if (silence.matchers.empty()) return invalid("at least one matcher required");
    const bool all_match_empty =
        std::all_of(silence.matchers.begin(), silence.matchers.end(), matches_empty);
    if (all_match_empty) return invalid("at least one matcher must not match the empty string");
    if (silence.ends_at < silence.starts_at) {
        return invalid("end time must not be before start time");
    }
    return success();
}

Result<SilencePut> put_silence(const Silence* known, Silence posted, std::string new_id,
                               Timestamp now) {
    posted.updated_at = now;
    if (known == nullptr && !posted.id.empty()) {
        return Error(ErrorCode::kNotFound, "silence not found", Retry::kNo);
    }
    SilencePut out;
    if (known != nullptr && can_update(*known, posted, now)) {
        TOCSIN_TRY(check_silence(posted));
        out.stored = *known;
        out.stored.starts_at = posted.starts_at;
        out.stored.ends_at = posted.ends_at;
        out.stored.created_by = std::move(posted.created_by);
        out.stored.comment = std::move(posted.comment);
        out.stored.updated_at = now;
        const bool later = out.stored.ends_at > known->ends_at;
        // Warned of an end that is put off: warned again before the new one.
        if (out.stored.phase == SilencePhase::kWarned && later) {
            out.stored.phase = SilencePhase::kActive;
        }
        out.stored.due = now;
        out.stored = advance_silence(std::move(out.stored), now).next;
        return out;
    }
    if (known != nullptr && status_of(*known, now) != SilenceStatus::kExpired) {
        out.expired = expire_silence(*known, now);
    }
    posted.id = std::move(new_id);
    posted.starts_at = std::max(posted.starts_at, now);
    posted.created_at = now;
    TOCSIN_TRY(check_silence(posted));
    out.stored = begun_anew(std::move(posted), now);
    return out;
}

Silence expire_silence(Silence silence, Timestamp now) {
    const SilenceStatus status = status_of(silence, now);
    if (status == SilenceStatus::kExpired) return silence;
    if (status == SilenceStatus::kPending) silence.starts_at = now;
    silence.ends_at = now;
    silence.updated_at = now;
    silence.due = now;
    return silence;
}

SilenceSteps advance_silence(Silence silence, Timestamp now) {
    SilenceSteps out;
    using enum SilencePhase;
    const bool warns = silence.kind == SuppressorKind::kSilence && !silence.incident;
    const Timestamp warn_at = std::max(silence.ends_at - kWarnBeforeEnd, silence.starts_at);
    if (silence.phase == kPending && now >= silence.starts_at) {
        silence.phase = kActive;
        out.started = silence.starts_at < silence.ends_at;
        // One that was made for less than the warning's time needs none.
        if (!warns || warn_at <= silence.starts_at) silence.phase = kWarned;
    }
    if (silence.phase == kActive && now >= warn_at) {
        silence.phase = kWarned;
        out.warn = now < silence.ends_at;
    }
    if (silence.phase == kWarned && now >= settled_at(silence)) {
        silence.phase = kOver;
        out.ended = true;
        out.started = false;
    }
    out.forget = silence.phase == kOver && now >= silence.ends_at + kKeptAfterEnd;
    const std::array<Timestamp, 4> next = {silence.starts_at, warn_at, settled_at(silence),
                                           silence.ends_at + kKeptAfterEnd};
    silence.due = next.at(static_cast<std::size_t>(silence.phase));
    out.next = std::move(silence);
    return out;
}

void sort_silences(std::vector<Silence>& silences, Timestamp now) {
    const auto rank = [&](const Silence& s) {
        const SilenceStatus status = status_of(s, now);
        const Timestamp by = status == SilenceStatus::kPending ? s.starts_at : s.ends_at;
        const bool backwards = status == SilenceStatus::kExpired;
        return std::tuple(status, backwards ? -to_unix_ms(by) : to_unix_ms(by), s.created_at,
                          std::string_view(s.id));
    };
    std::sort(silences.begin(), silences.end(),
              [&](const Silence& a, const Silence& b) { return rank(a) < rank(b); });
}

bool passes_filter(const Silence& silence, const Matchers& filter) {
    const Matchers& own = silence.matchers;
    return std::all_of(filter.begin(), filter.end(), [&](const Matcher& matcher) {
        return std::find(own.begin(), own.end(), matcher) != own.end();
    });
}

}  // namespace tocsin::bridge
