#include "agent/app/watch.h"

#include <fnmatch.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <utility>

#include "base/net/file.h"
#include "base/net/log.h"

namespace tocsin::agent {

namespace {

namespace fs = std::filesystem;

// A file that was merely created is still being written; a folder is there at once.
constexpr std::uint32_t kEvents =
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE | IN_ONLYDIR;

bool is_folder(const fs::path& path) {
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

bool is_pattern(const fs::path& path) {
    return path.string().find_first_of("*?[") != std::string::npos;
}

}  // namespace

struct FileWatch::State {
    net::Loop& loop;
    std::function<void()> changed;
    int fd = -1;
    std::map<int, std::vector<std::string>> names;  // patterns of names, by watched folder
    net::Timer quiet;
    std::unique_ptr<net::Loop::Watch> readable;

    State(net::Loop& l, std::function<void()> c) : loop(l), changed(std::move(c)) {}
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        readable.reset();
        if (fd >= 0) ::close(fd);
    }

    void watch(const fs::path& folder, const std::string& name) {
        const int id = ::inotify_add_watch(fd, folder.c_str(), kEvents);
        if (id >= 0) {
            names[id].push_back(name);
            return;
        }
        net::log_warning("a folder of rule files is not watched; send SIGHUP after a change in it",
                         {{"folder", folder.string()}, {"reason", errno_text(errno)}});
    }

    void add(const fs::path& pattern) {
        if (is_folder(pattern)) {
            watch(pattern, "*.yml");
            watch(pattern, "*.yaml");
            return;
        }
        add_named(pattern);
    }

    void add_named(const fs::path& pattern) {
        const fs::path folder = pattern.has_parent_path() ? pattern.parent_path() : ".";
        if (is_folder(folder)) return watch(folder, pattern.filename().string());
        if (is_pattern(folder)) {
            for (const std::string& found : net::expand_paths(folder.string())) {
                if (is_folder(found)) watch(found, pattern.filename().string());
            }
        }
        // What is on the way there may still come.
        if (folder.has_relative_path() && folder != ".") add_named(folder);
    }

    bool is_ours(const inotify_event& event, const char* name) const {
        if ((event.mask & IN_Q_OVERFLOW) != 0) return true;
        const auto watched = names.find(event.wd);
        if (watched == names.end()) return false;
        if ((event.mask & IN_IGNORED) != 0) return true;  // the folder is gone
        if ((event.mask & IN_CREATE) != 0 && (event.mask & IN_ISDIR) == 0) return false;
        return std::any_of(
            watched->second.begin(), watched->second.end(),
            [&](const std::string& p) { return ::fnmatch(p.c_str(), name, FNM_PERIOD) == 0; });
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
                ours = ours || is_ours(event, event.len > 0 ? name : "");
                at += static_cast<ssize_t>(sizeof event + event.len);
            }
        }
        // An editor writes, renames and syncs; one reload when it is done.
        if (ours) quiet = loop.after(Duration{500}, changed);
    }
};

FileWatch::FileWatch(net::Loop& loop, const std::vector<std::string>& patterns,
                     std::function<void()> changed)
    : state_(std::make_unique<State>(loop, std::move(changed))) {
    state_->fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (state_->fd < 0) {
        net::log_warning("rule files are not watched; send SIGHUP after a change",
                         {{"reason", errno_text(errno)}});
        return;
    }
    for (const auto& pattern : patterns) state_->add(pattern);
    state_->readable = loop.on_readable(state_->fd, [s = state_.get()] { s->drain(); });
}

FileWatch::~FileWatch() = default;

}  // namespace tocsin::agent
