#include "agent/app/watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

#include "base/net/log.h"

namespace tocsin::agent {

namespace {

// Logs and databases may lie in the same folder.
bool is_yaml(std::string_view name) {
    return name.ends_with(".yml") || name.ends_with(".yaml");
}

}  // namespace

struct FileWatch::State {
    net::Loop& loop;
    std::function<void()> changed;
    int fd = -1;
    net::Timer quiet;
    std::unique_ptr<net::Loop::Watch> readable;

    State(net::Loop& l, std::function<void()> c) : loop(l), changed(std::move(c)) {}
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        readable.reset();
        if (fd >= 0) ::close(fd);
    }

    void drain() {
        alignas(inotify_event) std::array<char, 4096> events{};
        bool ours = false;
        ssize_t got = 0;
        while ((got = ::read(fd, events.data(), events.size())) > 0) {
            for (ssize_t at = 0; at < got;) {
                inotify_event event{};
                std::memcpy(&event, events.data() + at, sizeof event);
                const char* name = events.data() + at + sizeof event;
                ours = ours || is_yaml({name, ::strnlen(name, event.len)});
                at += static_cast<ssize_t>(sizeof event + event.len);
            }
        }
        // An editor writes, renames and syncs; one reload when it is done.
        if (ours) quiet = loop.after(Duration{500}, changed);
    }
};

FileWatch::FileWatch(net::Loop& loop, const std::vector<std::string>& paths,
                     std::function<void()> changed)
    : state_(std::make_unique<State>(loop, std::move(changed))) {
    state_->fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (state_->fd < 0) {
        net::log_warning("rule files are not watched; send SIGHUP after a change",
                         {{"reason", errno_text(errno)}});
        return;
    }
    constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;
    for (const auto& path : paths) {
        std::error_code ignored;
        const auto folder = std::filesystem::is_directory(path, ignored)
                                ? path
                                : std::filesystem::path(path).parent_path().string();
        ::inotify_add_watch(state_->fd, folder.empty() ? "." : folder.c_str(), kEvents);
    }
    state_->readable = loop.on_readable(state_->fd, [s = state_.get()] { s->drain(); });
}

FileWatch::~FileWatch() = default;

}  // namespace tocsin::agent
