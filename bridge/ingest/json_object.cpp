#include "bridge/ingest/json_object.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cmath>

#include "base/core/strings.h"

namespace json = boost::json;

namespace tocsin::bridge {

// Parts of one document share where its first error is kept.
struct JsonObject::Impl {
    json::object fields;
    std::string path;  // "outbox." in front of a field's name
    std::shared_ptr<std::optional<Error>> error = std::make_shared<std::optional<Error>>();

    const json::value* find(std::string_view field) const {
        const json::value* found = fields.if_contains(field);
        return found == nullptr || found->is_null() ? nullptr : found;
    }
};

Result<JsonObject> JsonObject::parse(std::string_view text, int depth) {
    auto impl = std::make_shared<Impl>();
    if (trim(text).empty()) return JsonObject(std::move(impl));
    json::parse_options options;
    options.max_depth = static_cast<std::size_t>(depth);
    options.allow_invalid_utf8 = true;  // repaired where it is read
    boost::system::error_code problem;
    json::value root;
    try {
        root = json::parse(text, problem, {}, options);
    } catch (const std::exception& e) {
        return Error(ErrorCode::kInvalid, std::string("the body cannot be read: ") + e.what());
    }
    if (problem) {
        return Error(ErrorCode::kInvalid, "the body is not valid JSON: " + problem.message());
    }
    if (!root.is_object()) return Error(ErrorCode::kInvalid, "the body must be a JSON object");
    impl->fields = std::move(root.as_object());
    return JsonObject(std::move(impl));
}

void JsonObject::fail(std::string_view field, std::string_view what) {
    if (*impl_->error) return;
    *impl_->error = Error(ErrorCode::kInvalid, "field \"" + impl_->path + std::string(field) +
                                                   "\": " + std::string(what));
}

Result<void> JsonObject::check() const {
    if (*impl_->error) return **impl_->error;
    return success();
}

bool JsonObject::is_text(std::string_view field) const {
    const json::value* found = impl_->find(field);
    return found != nullptr && found->is_string();
}

std::vector<std::string> JsonObject::names() const {
    std::vector<std::string> out;
    for (const json::key_value_pair& item : impl_->fields) {
        if (!item.value().is_null()) out.push_back(valid_utf8(std::string_view(item.key())));
    }
    return out;
}

void JsonObject::allow(Names fields, Names more) {
    const auto is_in = [](Names all, std::string_view name) {
        return std::find(all.begin(), all.end(), name) != all.end();
    };
    for (const std::string& name : names()) {
        if (!is_in(fields, name) && !is_in(more, name)) fail(name, "is not one that there is");
    }
}

void JsonObject::require(std::string_view field) {
    if (impl_->find(field) == nullptr) fail(field, "is needed");
}

std::optional<std::string> JsonObject::string(std::string_view field, std::size_t most) {
    const json::value* found = impl_->find(field);
    if (found == nullptr) return std::nullopt;
    if (!found->is_string()) {
        fail(field, "must be text");
        return std::nullopt;
    }
    const json::string& text = found->get_string();
    if (text.size() > most) {
        fail(field, "is longer than " + std::to_string(most) + " bytes");
        return std::nullopt;
    }
    return valid_utf8(std::string_view(text.data(), text.size()));
}

std::optional<std::int64_t> JsonObject::integer(std::string_view field) {
    const json::value* found = impl_->find(field);
    if (found == nullptr) return std::nullopt;
    if (found->is_int64()) return found->get_int64();
    if (found->is_double()) {
        const double value = found->get_double();
        if (std::abs(value) < 9e15 && std::floor(value) == value) {
            return static_cast<std::int64_t>(value);
        }
    }
    fail(field, "must be a whole number");
    return std::nullopt;
}

std::optional<bool> JsonObject::boolean(std::string_view field) {
    const json::value* found = impl_->find(field);
    if (found == nullptr) return std::nullopt;
    if (!found->is_bool()) {
        fail(field, "must be true or false");
        return std::nullopt;
    }
    return found->get_bool();
}

std::optional<Timestamp> JsonObject::time(std::string_view field) {
    const std::optional<std::string> text = string(field);
    if (!text || text->empty()) return std::nullopt;
    Result<Timestamp> parsed = parse_rfc3339(*text);
    if (!parsed) {
        fail(field, "must be an RFC 3339 time: " + parsed.error().message);
        return std::nullopt;
    }
    return parsed.value();
}

std::optional<Duration> JsonObject::duration(std::string_view field) {
    const std::optional<std::string> text = string(field);
    if (!text || text->empty()) return std::nullopt;
    Result<Duration> parsed = parse_duration(*text);
    if (!parsed) {
        fail(field, "must be a duration like \"1h30m\": " + parsed.error().message);
        return std::nullopt;
    }
    return parsed.value();
}

std::vector<std::string> JsonObject::strings(std::string_view field, std::size_t most) {
    std::vector<std::string> out;
    const json::value* found = impl_->find(field);
    if (found == nullptr) return out;
    if (!found->is_array()) {
        fail(field, "must be a list of texts");
        return out;
    }
    if (found->get_array().size() > most) {
        fail(field, "has more than " + std::to_string(most) + " entries");
        return out;
    }
    for (const json::value& item : found->get_array()) {
        if (!item.is_string()) {
            fail(field, "must be a list of texts");
            return out;
        }
        out.push_back(valid_utf8(std::string_view(item.get_string())));
    }
    return out;
}

std::vector<std::pair<std::string, std::string>> JsonObject::string_map(std::string_view field,
                                                                        std::size_t most) {
    std::vector<std::pair<std::string, std::string>> out;
    const json::value* found = impl_->find(field);
    if (found == nullptr) return out;
    if (!found->is_object()) {
        fail(field, "must be an object of texts");
        return out;
    }
    if (found->get_object().size() > most) {
        fail(field, "has more than " + std::to_string(most) + " entries");
        return out;
    }
    for (const json::key_value_pair& item : found->get_object()) {
        if (!item.value().is_string()) {
            fail(field, "must be an object of texts");
            return out;
        }
        out.emplace_back(valid_utf8(std::string_view(item.key())),
                         valid_utf8(std::string_view(item.value().get_string())));
    }
    return out;
}

std::vector<JsonObject> JsonObject::objects(std::string_view field, std::size_t most) {
    std::vector<JsonObject> out;
    const json::value* found = impl_->find(field);
    if (found == nullptr) return out;
    if (!found->is_array() || found->get_array().size() > most) {
        fail(field, "must be a list of at most " + std::to_string(most) + " objects");
        return out;
    }
    std::size_t index = 0;
    for (const json::value& item : found->get_array()) {
        auto part = std::make_shared<Impl>();
        part->error = impl_->error;
        part->path = impl_->path + std::string(field) + "[" + std::to_string(index++) + "].";
        if (!item.is_object()) {
            fail(field, "must be a list of objects");
            return out;
        }
        part->fields = item.get_object();
        out.push_back(JsonObject(std::move(part)));
    }
    return out;
}

JsonObject JsonObject::object(std::string_view field) {
    auto part = std::make_shared<Impl>();
    part->error = impl_->error;
    part->path = impl_->path + std::string(field) + ".";
    if (const json::value* found = impl_->find(field)) {
        if (found->is_object()) {
            part->fields = found->get_object();
        } else {
            fail(field, "must be an object");
        }
    }
    return JsonObject(std::move(part));
}

}  // namespace tocsin::bridge
