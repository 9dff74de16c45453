// Answers of the bridge held against docs/openapi.yaml, to their last member.
#pragma once

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/strings.h"
#include "base/net/http.h"
#include "tests/support/described_api.h"

namespace tocsin::test {

class DescribedAnswers {
  public:
    DescribedAnswers() : root_(described_api()) {}

    // What of an answer is not as it is described, each with its place; nothing of an operation
    // that there is not. What is refused is described once for all where its status is not.
    std::vector<std::string> wrong_with(std::string_view method, std::string_view path,
                                        const net::Response& answer) const {
        std::string_view bare = path.substr(0, path.find('?'));
        const text::YamlNode operation = operation_of(method, bare);
        if (!operation) return {};
        constexpr int kLeastRefusal = 400;
        text::YamlNode told = operation.find("responses").find(std::to_string(answer.status));
        if (!told && answer.status >= kLeastRefusal) {
            if (bare.starts_with("/api/v2")) return {};
            told = root_.find("components").find("responses").find("Error");
        }
        if (!told) return {"status " + std::to_string(answer.status) + " is not described"};
        const auto content = referred(root_, told).find("content").find("application/json");
        if (!content) return {};
        boost::system::error_code problem;
        const boost::json::value value = boost::json::parse(answer.body, problem);
        if (problem) return {"is no JSON: " + answer.body};
        return wrong_at("", content.find("schema"), value);
    }

    // Likewise of a value that one of components.schemas describes.
    std::vector<std::string> wrong_as(std::string_view schema,
                                      const boost::json::value& value) const {
        return wrong_at("", root_.find("components").find("schemas").find(schema), value);
    }

  private:
    using Names = std::set<std::string>;
    using Wrong = std::vector<std::string>;

    // What all the parts of an object's schema say together.
    struct Members {
        std::map<std::string, text::YamlNode> known;
        Names required;
        text::YamlNode others;  // "additionalProperties"
    };

    text::YamlNode operation_of(std::string_view method, std::string_view path) const {
        std::string lower(method);
        for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
        // Those that name a path in full stand before those with a place for a name.
        text::YamlNode found;
        std::size_t fewest = std::string::npos;
        for (const auto& [pattern, methods] : root_.find("paths").entries()) {
            const auto operation = methods.find(lower);
            const auto places =
                static_cast<std::size_t>(std::count(pattern.begin(), pattern.end(), '{'));
            if (!operation || places >= fewest || !fits(pattern, path)) continue;
            found = operation;
            fewest = places;
        }
        return found;
    }

    static bool fits(std::string_view pattern, std::string_view path) {
        while (true) {
            const std::string_view want = pattern.substr(0, pattern.find('/'));
            const std::string_view is = path.substr(0, path.find('/'));
            const bool place = want.starts_with('{') && !is.empty();
            const std::string_view ending = place ? want.substr(want.find('}') + 1) : want;
            if (place ? !is.ends_with(ending) : want != is) return false;
            if (want.size() == pattern.size() || is.size() == path.size()) {
                return want.size() == pattern.size() && is.size() == path.size();
            }
            pattern.remove_prefix(want.size() + 1);
            path.remove_prefix(is.size() + 1);
        }
    }

    void gather(const text::YamlNode& node, Members& out) const {
        const text::YamlNode schema = referred(root_, node);
        for (const auto& part : schema.find("allOf").items()) gather(part, out);
        for (const auto& [name, type] : schema.find("properties").entries()) {
            out.known.insert_or_assign(name, type);  // the later part says it more exactly
        }
        for (const auto& name : schema.find("required").items()) {
            out.required.emplace(name.scalar());
        }
        if (const auto others = schema.find("additionalProperties")) out.others = others;
    }

    bool may_be_null(const text::YamlNode& node) const {
        const text::YamlNode schema = referred(root_, node);
        const auto& parts = schema.find("allOf").items();
        return schema.find("nullable").scalar() == "true" ||
               std::any_of(parts.begin(), parts.end(),
                           [&](const text::YamlNode& part) { return may_be_null(part); });
    }

    Wrong wrong_at(const std::string& at, const text::YamlNode& node,
                   const boost::json::value& value) const {
        const text::YamlNode schema = referred(root_, node);
        if (!schema) return {at + " is not described"};
        if (value.is_null()) {
            return may_be_null(schema) ? Wrong{} : Wrong{at + " is null, and not nullable"};
        }
        if (const auto several = schema.find("oneOf")) {
            Wrong wrong;
            for (const auto& one : several.items()) {
                wrong = wrong_at(at, one, value);
                if (wrong.empty()) return {};
            }
            return wrong;
        }
        if (!is_of(value, types_of(root_, schema))) return {at + " is of another type"};
        if (value.is_object()) return wrong_members(at, schema, value.as_object());
        if (value.is_array()) {
            Wrong out;
            for (const boost::json::value& item : value.as_array()) {
                add(out, wrong_at(at + "[]", schema.find("items"), item));
            }
            return out;
        }
        return wrong_word(at, schema, value);
    }

    Wrong wrong_members(const std::string& at, const text::YamlNode& schema,
                        const boost::json::object& value) const {
        Members members;
        gather(schema, members);
        Wrong out;
        for (const std::string& name : members.required) {
            if (!value.contains(name)) add(out, {at + "." + name + " is required and not told"});
        }
        for (const auto& member : value) {
            const std::string name(member.key());
            const auto known = members.known.find(name);
            if (known != members.known.end()) {
                add(out, wrong_at(at + "." + name, known->second, member.value()));
            } else if (!members.others) {
                add(out, {at + "." + name + " is told and not described"});
            } else if (members.others.scalar() != "true") {
                add(out, wrong_at(at + ".*", members.others, member.value()));
            }
        }
        return out;
    }

    static Wrong wrong_word(const std::string& at, const text::YamlNode& schema,
                            const boost::json::value& value) {
        const auto& words = schema.find("enum").items();
        if (words.empty() || !value.is_string()) return {};
        const std::string_view said = value.get_string();
        const bool known = std::any_of(words.begin(), words.end(),
                                       [&](const auto& word) { return word.scalar() == said; });
        return known ? Wrong{} : Wrong{at + " is \"" + std::string(said) + "\", not described"};
    }

    // Each once, however many items have it.
    static void add(Wrong& to, const Wrong& more) {
        for (const std::string& one : more) {
            if (std::find(to.begin(), to.end(), one) == to.end()) to.push_back(one);
        }
    }

    text::YamlNode root_;
};

}  // namespace tocsin::test
