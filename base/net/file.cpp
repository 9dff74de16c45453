#include "base/net/file.h"

#include <fcntl.h>
#include <glob.h>
#include <openssl/rand.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <filesystem>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <utility>

#include "base/core/digest.h"

namespace tocsin::net {
namespace {

// A descriptor that closes itself.
class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return fd_; }

  private:
    int fd_;
};

struct Content {
    std::string bytes;
    unsigned mode = 0;
};

// Whether there is something to read, or the end of it.
bool has_more_within(int fd, std::chrono::milliseconds patience) {
    pollfd pipe{fd, POLLIN, 0};
    return ::poll(&pipe, 1, static_cast<int>(patience.count())) != 0;
}

// What a shell makes of <(…) has its writer, and is read to its end. A named pipe without one, or
// one that writes nothing, would hold whoever reads it, and with it a daemon's loop: the first is
// empty, the second fails.
constexpr std::chrono::milliseconds kWriterComesWithin{100};  // one that waits to open it

Result<Content> read_with_mode(const std::string& path, std::size_t most,
                               std::chrono::milliseconds patience) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (file.get() < 0) return errno_error(path, errno);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return errno_error(path, errno);
    if (S_ISDIR(status.st_mode)) return errno_error(path, EISDIR);
    if (S_ISFIFO(status.st_mode)) {
        has_more_within(file.get(), kWriterComesWithin);
    } else {
        ::fcntl(file.get(), F_SETFL, 0);  // a terminal waits for who types
    }
    Content content;
    content.mode = status.st_mode & 07777U;
    while (true) {
        const std::size_t had = content.bytes.size();
        content.bytes.resize(had + 64 * 1024);
        const ssize_t n = ::read(file.get(), content.bytes.data() + had, 64 * 1024);
        if (n < 0) {
            const int why = errno;
            content.bytes.resize(had);
            if (why == EINTR) continue;
            if (why != EAGAIN) return errno_error(path, why);
            if (has_more_within(file.get(), patience)) continue;
            return Error(ErrorCode::kTimeout, path + ": who has it open writes nothing");
        }
        content.bytes.resize(had + static_cast<std::size_t>(n));
        if (n == 0) break;
        if (content.bytes.size() > most) {
            return Error(ErrorCode::kTooLarge,
                         path + " is longer than " + std::to_string(most) + " bytes");
        }
    }
    content.bytes.shrink_to_fit();
    return content;
}

Result<void> write_all(int fd, const std::string& path, std::string_view content) {
    while (!content.empty()) {
        const ssize_t n = ::write(fd, content.data(), content.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno_error("writing " + path, errno);
        content.remove_prefix(static_cast<std::size_t>(n));
    }
    if (::fsync(fd) != 0) return errno_error("syncing " + path, errno);
    return success();
}

Result<void> sync_folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "."
                               : slash == 0               ? "/"
                                                          : path.substr(0, slash);
    const Descriptor dir(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (dir.get() < 0 || ::fsync(dir.get()) != 0) return errno_error("syncing " + folder, errno);
    return success();
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t most) {
    constexpr std::chrono::seconds kPatience{10};  // with what works out what it writes
    TOCSIN_TRY(Content content, read_with_mode(path, most, kPatience));
    return std::move(content.bytes);
}

Result<void> write_file_atomic(const std::string& path, std::string_view content, unsigned mode) {
    const std::string beside = path + ".new-" + random_token(6);
    {
        const Descriptor file(
            ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
        if (file.get() < 0) return errno_error(beside, errno);
        Result<void> written = write_all(file.get(), beside, content);
        // The umask may have taken bits that were asked for.
        if (written && ::fchmod(file.get(), mode) != 0) written = errno_error(beside, errno);
        if (!written) {
            ::unlink(beside.c_str());
            return written;
        }
    }
    if (::rename(beside.c_str(), path.c_str()) != 0) {
        const Error error = errno_error("replacing " + path, errno);
        ::unlink(beside.c_str());
        return error;
    }
    return sync_folder_of(path);
}

Result<Secret> read_secret(const std::string& path) {
    constexpr std::string_view kCredential = "credential:";
    constexpr std::size_t kMost = 64 * 1024;
    constexpr std::chrono::milliseconds kPatience{500};  // a daemon reads it between other things
    if (!std::string_view(path).starts_with(kCredential)) {
        TOCSIN_TRY(const Content content, read_with_mode(path, kMost, kPatience));
        return secret_from_file(path, content.bytes, content.mode);
    }
    const std::string name = path.substr(kCredential.size());
    if (name.empty() || name.find('/') != std::string::npos) {
        return Error(ErrorCode::kInvalid, "\"" + path + "\" is no credential's name");
    }
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");  // NOLINT(concurrency-mt-unsafe)
    if (folder == nullptr) {
        return Error(ErrorCode::kNotFound,
                     "no credential \"" + name +
                         "\": the service was started without LoadCredential= (systemd.exec(5))");
    }
    TOCSIN_TRY(const Content content,
               read_with_mode(std::string(folder) + "/" + name, kMost, kPatience));
    // The folder is the unit's alone; systemd grants the file by an ACL whose mask shows as the
    // group's bits, so the mode says nothing here.
    return secret_from_file(path, content.bytes, 0400);
}

std::vector<std::string> expand_paths(const std::string& pattern) {
    struct stat status {};
    if (::stat(pattern.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
        std::vector<std::string> all = expand_paths(pattern + "/*.yml");
        for (std::string& path : expand_paths(pattern + "/*.yaml")) all.push_back(std::move(path));
        std::sort(all.begin(), all.end());
        return all;
    }
    std::vector<std::string> paths;
    glob_t found{};
    // A plain name that does not exist is returned as it is, so that opening it says what is wrong.
    if (::glob(pattern.c_str(), GLOB_NOMAGIC, nullptr, &found) == 0) {
        for (std::size_t i = 0; i < found.gl_pathc; ++i) paths.emplace_back(found.gl_pathv[i]);
    }
    ::globfree(&found);
    std::sort(paths.begin(), paths.end());
    return paths;
}

std::string random_token(std::size_t bytes) {
    std::string raw(bytes, '\0');
    // OpenSSL's generator cannot fail once seeded, and it seeds itself from getrandom(2).
    if (RAND_bytes(reinterpret_cast<unsigned char*>(raw.data()), static_cast<int>(bytes)) != 1) {
        std::abort();
    }
    std::string text = base64(raw);
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    while (!text.empty() && text.back() == '=') text.pop_back();
    return text;
}

Result<std::vector<TextFile>> read_included(std::string_view pattern, std::string_view from) {
    std::filesystem::path path{std::string(pattern)};
    if (path.is_relative()) path = std::filesystem::path{std::string(from)}.parent_path() / path;
    std::vector<TextFile> files;
    for (const std::string& file : expand_paths(path.string())) {
        TOCSIN_TRY(std::string text, read_file(file));
        files.push_back({file, std::move(text)});
    }
    const bool wildcard = pattern.find_first_of("*?[") != std::string_view::npos;
    if (files.empty() && !wildcard) {
        return Error(ErrorCode::kNotFound, path.string() + ": no such file");
    }
    return files;
}

}  // namespace tocsin::net
