#include <algorithm>

#include "base/core/strings.h"
#include "base/model/labels.h"
#include "collector/service/scrape/page.h"

namespace tocsin::collector {
namespace {

Error bad(std::string_view what) {
    return {ErrorCode::kInvalid, std::string(what)};
}

// The labels between the braces. The text format lets blanks stand anywhere and a comma be absent
// or follow the last; OpenMetrics does not.
class LabelReader {
  public:
    LabelReader(std::string_view text, PageFormat format)
        : rest_(text), lenient_(format == PageFormat::kText) {}

    Result<void> read(std::vector<TextLabel>& into) {
        skip();
        if (!take('{')) return bad("no labels");
        bool first = true;
        for (skip(); !take('}'); skip()) {
            if (!first && !lenient_ && !take(',')) return bad("no comma between labels");
            TOCSIN_TRY(one(into));
            skip();
            if (lenient_) take(',');
            first = false;
        }
        return success();
    }

  private:
    Result<void> one(std::vector<TextLabel>& into) {
        const auto end = std::find_if(rest_.begin(), rest_.end(), [](char c) {
            return c == '=' || c == ' ' || c == '\t' || c == '"' || c == '}';
        });
        const std::string_view name =
            rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
        if (!is_label_name(name)) return bad("no label's name: " + quote(name.substr(0, 40)));
        rest_.remove_prefix(name.size());
        skip();
        if (!take('=')) return bad("no = after the label " + quote(name));
        skip();
        if (!take('"')) return bad("no quote before the value of " + quote(name));
        const std::size_t size = closing_quote();
        if (size == std::string_view::npos) return bad("no end of the value of " + quote(name));
        const std::string_view raw = rest_.substr(0, size);
        if (!is_valid_utf8(raw)) return bad("the value of " + quote(name) + " is not valid UTF-8");
        rest_.remove_prefix(size + 1);
        std::string value = unescaped(raw);
        const bool twice =
            !value.empty() && std::any_of(into.begin(), into.end(), [&](const TextLabel& label) {
                return label.name == name && !label.value.empty();
            });
        if (twice) {
            return Error(ErrorCode::kConflict, "the label " + quote(name) + " stands twice");
        }
        into.push_back({std::string(name), std::move(value)});
        return success();
    }

    std::size_t closing_quote() const {
        for (std::size_t i = 0; i < rest_.size(); ++i) {
            if (rest_[i] == '"') return i;
            if (rest_[i] == '\n' && !lenient_) break;
            if (rest_[i] == '\\' && ++i < rest_.size() && rest_[i] == '\n') break;
        }
        return std::string_view::npos;
    }

    void skip() {
        while (lenient_ && !rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) {
            rest_.remove_prefix(1);
        }
    }
    bool take(char c) {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }

    std::string_view rest_;
    bool lenient_;
};

}  // namespace

PageFormat page_format(std::string_view content_type) {
    const std::string_view media = trim(content_type.substr(0, content_type.find(';')));
    return iequals(media, "application/openmetrics-text") ? PageFormat::kOpenMetrics
                                                          : PageFormat::kText;
}

std::size_t end_of_labels(std::string_view text, std::size_t& lines) {
    bool quoted = false;
    for (std::size_t i = 1; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\n') {
            if (!quoted) return std::string_view::npos;
            ++lines;
        } else if (quoted && c == '\\') {
            ++i;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (c == '}' && !quoted) {
            return i + 1;
        }
    }
    return std::string_view::npos;
}

std::string unescaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
        const bool escape = next == '\\' || next == '"' || next == 'n';
        out += !escape ? text[i] : next == 'n' ? '\n' : next;
        if (escape) ++i;
    }
    return out;
}

Result<void> read_series(std::string_view series, PageFormat format, std::vector<TextLabel>& into) {
    const std::size_t size = std::min(series.size(), series.find_first_of("{ \t"));
    if (size != 0) into.push_back({std::string(kMetricName), std::string(series.substr(0, size))});
    if (size == series.size()) return success();
    return LabelReader(series.substr(size), format).read(into);
}

}  // namespace tocsin::collector
