#include "base/text/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <unordered_set>

#include "base/core/strings.h"
#include "base/text/yaml_node.h"

namespace tocsin::text {

namespace {

constexpr std::size_t kMostBytes = std::size_t{10} * 1024 * 1024;
constexpr std::size_t kMostLevels = 64;
constexpr std::size_t kMostExpansions = 1000;

// Thrown from the events, caught in parse_yaml.
struct Refused {
    Position position;
    std::string message;
    DiagnosticLevel level = DiagnosticLevel::kError;
};

// Turns yaml-cpp's marks (zero-based, columns in bytes) into positions.
class Places {
  public:
    explicit Places(std::string_view text) : text_(text) {
        starts_.push_back(0);
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '\n') starts_.push_back(i + 1);
        }
    }
    Position of(const YAML::Mark& mark) const {
        if (mark.is_null() || mark.line < 0) return {};
        const auto line = static_cast<std::size_t>(mark.line);
        if (line >= starts_.size()) return {mark.line + 1, 1};
        const std::size_t begin = starts_[line];
        const auto bytes = static_cast<std::size_t>(std::max(mark.column, 0));
        const std::string_view before = text_.substr(begin, std::min(bytes, text_.size() - begin));
        return {mark.line + 1, static_cast<int>(utf8_length(before)) + 1};
    }
    // Whether a quoted scalar that starts at the mark also ends: yaml-cpp takes the end of the
    // file for a closing quote when a line break stands before it.
    bool closes(const YAML::Mark& mark) const {
        const auto begin = starts_[static_cast<std::size_t>(mark.line)];
        const std::size_t at = begin + static_cast<std::size_t>(mark.column);
        const char quote = at < text_.size() ? text_[at] : '\0';
        if (quote != '"' && quote != '\'') return true;  // a block, or a tag or an anchor first
        for (std::size_t i = at + 1; i < text_.size(); ++i) {
            if (text_[i] == '\\' && quote == '"') {
                ++i;
            } else if (text_[i] == quote) {
                return true;  // the first half of '' says as much: something follows
            }
        }
        return false;
    }
    Position of_offset(std::size_t offset) const {
        const auto line =
            std::upper_bound(starts_.begin(), starts_.end(), offset) - starts_.begin();
        const std::size_t begin = starts_[static_cast<std::size_t>(line) - 1];
        return {static_cast<int>(line),
                static_cast<int>(utf8_length(text_.substr(begin, offset - begin))) + 1};
    }

  private:
    std::string_view text_;
    std::vector<std::size_t> starts_;
};

}  // namespace

// Builds our own tree from yaml-cpp's events: its nodes know neither their keys' places nor whether
// a key came twice.
class YamlParser final : public YAML::EventHandler {
  public:
    YamlParser(std::string_view text, Diagnostics& diagnostics, Documents documents)
        : places_(text),
          diagnostics_(diagnostics),
          second_(documents == Documents::kOne ? DiagnosticLevel::kError
                                               : DiagnosticLevel::kWarning) {}

    const Places& places() const { return places_; }
    YamlNode root() const { return root_; }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++documents_ > 1) {
            throw Refused{places_.of(mark), "a second document: only one is read", second_};
        }
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        add(make(YamlKind::kNull, mark), anchor);
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        if (tag == "!" && !places_.closes(mark)) {
            throw Refused{places_.of(mark), "not YAML: the closing quote is missing"};
        }
        auto node = make(YamlKind::kScalar, mark);
        node->scalar = value;
        node->quoted = tag == "!";  // what yaml-cpp calls every scalar that is not plain
        add(std::move(node), anchor);
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto at = anchors_.find(anchor);
        if (at == anchors_.end()) {
            throw Refused{places_.of(mark), "an alias inside what it refers to"};
        }
        count_expansions(1 + at->second->expansions, mark);
        place(wrap(at->second), places_.of(mark));
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(YamlKind::kSequence, mark, anchor);
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(YamlKind::kMap, mark, anchor);
    }
    void OnMapEnd() override { close(); }

  private:
    using Impl = YamlNode::Impl;

    struct Frame {
        std::shared_ptr<Impl> node;
        YAML::anchor_t anchor = 0;
        std::unordered_set<std::string> seen;  // of a map
        YamlNode key;                          // waits for its value
        YamlNode merged;                       // the value of "<<"
    };

    std::shared_ptr<Impl> make(YamlKind kind, const YAML::Mark& mark) const {
        auto node = std::make_shared<Impl>();
        node->kind = kind;
        node->position = places_.of(mark);
        return node;
    }

    static YamlNode wrap(std::shared_ptr<const Impl> impl) {
        YamlNode node;
        node.impl_ = std::move(impl);
        return node;
    }

    void count_expansions(std::size_t more, const YAML::Mark& mark) {
        expansions_ += more;
        if (expansions_ > kMostExpansions) {
            throw Refused{places_.of(mark),
                          fmt::format("aliases expand more than {} times", kMostExpansions)};
        }
        if (!open_.empty()) open_.back().node->expansions += more;
    }

    void open(YamlKind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
        if (open_.size() >= kMostLevels) {
            throw Refused{places_.of(mark), fmt::format("deeper than {} levels", kMostLevels)};
        }
        Frame frame;
        frame.node = make(kind, mark);
        frame.anchor = anchor;
        open_.push_back(std::move(frame));
    }

    void close() {
        Frame frame = std::move(open_.back());
        open_.pop_back();
        if (frame.merged) merge(frame);
        if (!open_.empty()) open_.back().node->expansions += frame.node->expansions;
        add(std::move(frame.node), frame.anchor);
    }

    void add(std::shared_ptr<Impl> node, YAML::anchor_t anchor) {
        const Position position = node->position;
        if (anchor != 0) anchors_[anchor] = node;
        place(wrap(std::move(node)), position);
    }

    // Puts a finished node where it belongs; `at` is where it is written (an alias's own place).
    void place(const YamlNode& node, Position at) {
        if (open_.empty()) {
            root_ = node;
            return;
        }
        Frame& frame = open_.back();
        if (frame.node->kind == YamlKind::kSequence) {
            frame.node->items.push_back(node);
        } else if (!frame.key) {
            if (node.kind() != YamlKind::kScalar) throw Refused{at, "a key must be a plain word"};
            frame.key = node;
        } else {
            add_entry(frame, node);
        }
    }

    void add_entry(Frame& frame, YamlNode value) {
        const YamlNode key = std::exchange(frame.key, YamlNode{});
        const std::string name(key.scalar());
        if (name == "<<" && !key.quoted()) {
            frame.merged = std::move(value);
            return;
        }
        if (!frame.seen.insert(name).second) {
            diagnostics_.error(key.position(), fmt::format("duplicate key \"{}\"", name));
            return;
        }
        // "key:" and nothing: yaml-cpp gives it the place of whatever comes next.
        if (value.kind() == YamlKind::kNull && value.position().line != key.position().line) {
            auto null = std::make_shared<Impl>();
            null->position = key.position();
            value = wrap(std::move(null));
        }
        frame.node->entries.emplace_back(name, std::move(value));
        frame.node->keys.push_back(key);
    }

    // YAML's merge key: entries of the named maps that the map does not have itself; of several
    // maps, the earlier wins.
    void merge(Frame& frame) {
        std::vector<YamlNode> sources{frame.merged};
        if (frame.merged.kind() == YamlKind::kSequence) sources = frame.merged.items();
        for (const YamlNode& source : sources) {
            if (source.kind() != YamlKind::kMap) {
                diagnostics_.error(frame.merged.position(), "\"<<\" takes a map or a list of maps");
                continue;
            }
            for (const auto& [name, value] : source.entries()) {
                if (!frame.seen.insert(name).second) continue;
                frame.node->entries.emplace_back(name, value);
                frame.node->keys.push_back(source.key_node(name));
            }
        }
    }

    Places places_;
    Diagnostics& diagnostics_;
    DiagnosticLevel second_;
    int documents_ = 0;
    std::size_t expansions_ = 0;
    std::vector<Frame> open_;
    std::map<YAML::anchor_t, std::shared_ptr<const Impl>> anchors_;
    YamlNode root_;
};

YamlKind YamlNode::kind() const {
    return impl_ ? impl_->kind : YamlKind::kNull;
}

Position YamlNode::position() const {
    return impl_ ? impl_->position : Position{};
}

std::string_view YamlNode::scalar() const {
    return impl_ ? std::string_view(impl_->scalar) : std::string_view{};
}

bool YamlNode::quoted() const {
    return impl_ && impl_->quoted;
}

const std::vector<YamlNode>& YamlNode::items() const {
    static const std::vector<YamlNode> kNone;
    return impl_ ? impl_->items : kNone;
}

const std::vector<std::pair<std::string, YamlNode>>& YamlNode::entries() const {
    static const std::vector<std::pair<std::string, YamlNode>> kNone;
    return impl_ ? impl_->entries : kNone;
}

YamlNode YamlNode::key_node(std::string_view key) const {
    for (std::size_t i = 0; impl_ && i < impl_->entries.size(); ++i) {
        if (impl_->entries[i].first == key) return impl_->keys[i];
    }
    return {};
}

YamlNode YamlNode::find(std::string_view key) const {
    for (const auto& [name, value] : entries()) {
        if (name == key) return value;
    }
    return {};
}

namespace {

// The offset of the first byte that is not UTF-8, or npos.
std::size_t first_bad_byte(std::string_view text) {
    if (is_valid_utf8(text)) return std::string_view::npos;
    // Lines are checked one by one to find it without a second decoder.
    std::size_t begin = 0;
    while (begin < text.size()) {
        const std::size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
        const std::string_view line = text.substr(begin, end - begin);
        if (!is_valid_utf8(line)) {
            std::size_t good = 0;
            for (std::size_t n = 1; n <= line.size(); ++n) {
                if (is_valid_utf8(line.substr(good, n - good))) good = n;
                if (n - good >= 4) break;  // no character is longer
            }
            return begin + good;
        }
        begin = end;
    }
    return text.size();
}

}  // namespace

YamlNode parse_yaml(std::string_view text, Diagnostics& diagnostics, Documents documents) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (text.size() > kMostBytes) {
        diagnostics.error({}, fmt::format("larger than {}", format_bytes({kMostBytes})));
        return {};
    }
    YamlParser parser(text, diagnostics, documents);
    if (const std::size_t bad = first_bad_byte(text); bad != std::string_view::npos) {
        diagnostics.error(parser.places().of_offset(bad), "not UTF-8 text");
        return {};
    }
    bool first_done = false;
    try {
        std::istringstream stream{std::string(text)};
        YAML::Parser yaml(stream);
        while (yaml.HandleNextDocument(parser)) first_done = true;
    } catch (const Refused& e) {
        diagnostics.add({e.level, diagnostics.file(), e.position, e.message});
        if (e.level == DiagnosticLevel::kError) return {};
    } catch (const YAML::Exception& e) {
        // Behind the first document anything may stand if it is not to be read.
        if (!first_done || documents == Documents::kOne) {
            diagnostics.error(parser.places().of(e.mark), "not YAML: " + e.msg);
            return {};
        }
    }
    const YamlNode root = parser.root();
    return root.kind() == YamlKind::kNull ? YamlNode{} : root;
}

}  // namespace tocsin::text
