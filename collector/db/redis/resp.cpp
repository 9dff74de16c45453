#include "collector/db/redis/resp.h"

#include <hiredis/hiredis.h>

#include <utility>

namespace tocsin::collector {

struct RespReader::Impl {
    struct Free {
        void operator()(redisReader* made) const { redisReaderFree(made); }
    };
    std::unique_ptr<redisReader, Free> reader;
    RespReply root;
    std::size_t items = 0;  // of the reply that is being built
};

namespace {

// hiredis builds what these make: a reply's items lie in their parent's vector, which has its full
// length before the first is made, so the pointers it keeps stay right until the reply is whole.
RespReply* slot(const redisReadTask* task) {
    auto* impl = static_cast<RespReader::Impl*>(task->privdata);
    if (task->parent != nullptr) {
        auto* parent = static_cast<RespReply*>(task->parent->obj);
        return &parent->items[static_cast<std::size_t>(task->idx)];
    }
    impl->root = RespReply();
    impl->items = 0;
    return &impl->root;
}

void* make_string(const redisReadTask* task, char* text, std::size_t size) {
    RespReply* reply = slot(task);
    reply->kind = task->type == REDIS_REPLY_ERROR    ? RespReply::Kind::kError
                  : task->type == REDIS_REPLY_STATUS ? RespReply::Kind::kStatus
                                                     : RespReply::Kind::kString;
    reply->text.assign(text, size);
    return reply;
}

void* make_array(const redisReadTask* task, int size) {
    RespReply* reply = slot(task);
    auto* impl = static_cast<RespReader::Impl*>(task->privdata);
    const auto count = static_cast<std::size_t>(size);
    if (count > RespReader::kMostItems - impl->items) return nullptr;  // "out of memory"
    impl->items += count;
    reply->kind = RespReply::Kind::kArray;
    reply->items.resize(count);
    return reply;
}

void* make_integer(const redisReadTask* task, long long value) {
    RespReply* reply = slot(task);
    reply->kind = RespReply::Kind::kInteger;
    reply->integer = value;
    return reply;
}

void* make_nil(const redisReadTask* task) {
    return slot(task);
}

void keep(void*) {}  // everything belongs to the root

redisReplyObjectFunctions* functions() {
    static redisReplyObjectFunctions made{make_string, make_array, make_integer, make_nil, keep};
    return &made;
}

}  // namespace

std::string resp_command(const std::vector<std::string>& words) {
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    for (const std::string& word : words) {
        texts.push_back(word.data());
        sizes.push_back(word.size());
    }
    char* made = nullptr;
    const int size =
        redisFormatCommandArgv(&made, static_cast<int>(words.size()), texts.data(), sizes.data());
    if (size < 0) return {};
    std::string bytes(made, static_cast<std::size_t>(size));
    redisFreeCommand(made);
    return bytes;
}

RespReader::RespReader() : impl_(std::make_unique<Impl>()) {
    impl_->reader.reset(redisReaderCreateWithFunctions(functions()));
    impl_->reader->privdata = impl_.get();
}

RespReader::~RespReader() = default;

Result<void> RespReader::feed(std::string_view bytes) {
    redisReader* reader = impl_->reader.get();
    if (reader->len - reader->pos + bytes.size() > kMostBytes) {
        return Error(ErrorCode::kTooLarge,
                     "a reply is longer than " + std::to_string(kMostBytes / 1024 / 1024) + " MiB");
    }
    if (redisReaderFeed(reader, bytes.data(), bytes.size()) != REDIS_OK) {
        return Error(ErrorCode::kInvalid, std::string("not Redis's protocol: ") + reader->errstr);
    }
    return success();
}

Result<std::optional<RespReply>> RespReader::next() {
    redisReader* reader = impl_->reader.get();
    void* whole = nullptr;
    if (redisReaderGetReply(reader, &whole) != REDIS_OK) {
        if (reader->err == REDIS_ERR_OOM) {
            return Error(ErrorCode::kTooLarge,
                         "a reply has more than " + std::to_string(kMostItems) + " items");
        }
        return Error(ErrorCode::kInvalid, std::string("not Redis's protocol: ") + reader->errstr);
    }
    const std::string_view left(reader->buf + reader->pos, reader->len - reader->pos);
    if (left.size() > kMostLine && left.substr(0, kMostLine).find('\n') == std::string_view::npos) {
        return Error(ErrorCode::kTooLarge, "not Redis's protocol: a line is longer than " +
                                               std::to_string(kMostLine / 1024) + " KiB");
    }
    std::optional<RespReply> reply;
    if (whole != nullptr) reply = std::exchange(impl_->root, RespReply());
    return reply;
}

}  // namespace tocsin::collector
