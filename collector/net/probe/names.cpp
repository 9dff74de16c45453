#include "collector/net/probe/names.h"

#include <algorithm>
#include <utility>

#include "base/net/log.h"

namespace tocsin::collector::probe {

void Names::find(net::OffloadPool& pool, const std::string& host,
                 const std::shared_ptr<Waiter>& waiter) {
    if (!names_.contains(host)) forget_old();
    Name& name = names_[host];
    std::erase_if(name.waiting, [](const auto& weak) { return weak.expired(); });
    name.waiting.push_back(waiter);
    if (!name.asking) ask(pool, host, name);
    if (!serves_on(name)) return;
    const auto waited = std::chrono::duration_cast<Duration>(Steady::now() - name.asked);
    name.patience = loop_.after(std::max(options_.patience - waited, Duration{0}),
                                [weak = weak_from_this(), host] {
                                    const auto self = weak.lock();
                                    if (self) self->tell_old(host, "its lookup hangs");
                                });
}

void Names::ask(net::OffloadPool& pool, const std::string& host, Name& name) {
    name.asking = true;
    name.asked = Steady::now();
    // What the thread writes to, whoever still waits.
    const auto answer = std::make_shared<std::optional<Result<Addresses>>>();
    const auto done = [weak = weak_from_this(), host, answer] {
        const auto self = weak.lock();
        if (!self) return;
        if (*answer) return self->answered(host, **answer);
        self->answered(host, Error(ErrorCode::kInternal, "looking up " + host + " stopped"));
    };
    const bool accepted =
        pool.run([resolve = options_.resolve, host, answer] { *answer = resolve(host); }, done);
    if (accepted) return;
    *answer = Error(ErrorCode::kUnavailable,
                    "looking up " + host + ": no thread is free: too many calls hang");
    loop_.post(done);
}

void Names::answered(const std::string& host, const Result<Addresses>& answer) {
    Name& name = names_[host];
    name.asking = false;
    name.patience.cancel();
    if (!answer && answer.error().code != ErrorCode::kNotFound && serves_on(name)) {
        return tell_old(host, answer.error().message);
    }
    name.using_old = false;
    name.good_at.reset();
    if (answer) {
        name.good = answer.value();
        name.good_at = Steady::now();
    }
    tell(name, answer);
}

// Redirects may lead to ever new names.
void Names::forget_old() {
    std::erase_if(names_, [&](const auto& entry) {
        return !entry.second.asking && !serves_on(entry.second);
    });
}

bool Names::serves_on(const Name& name) const {
    return name.good_at && Steady::now() - *name.good_at < options_.keep;
}

void Names::tell_old(const std::string& host, const std::string& why) {
    Name& name = names_[host];
    if (!std::exchange(name.using_old, true)) {
        net::log_warning("a name's last known addresses are used",
                         {{"name", host}, {"reason", why}});
    }
    tell(name, Addresses(name.good));
}

void Names::tell(Name& name, const Result<Addresses>& answer) {
    // Who is told may ask again at once.
    for (const auto& weak : std::exchange(name.waiting, {})) {
        if (const auto waiter = weak.lock()) (*waiter)(answer);
    }
}

}  // namespace tocsin::collector::probe
