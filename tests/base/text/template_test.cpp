#include "base/text/template.h"

#include <array>
#include <catch2/catch.hpp>
#include <limits>

using namespace tocsin;
using namespace tocsin::text;

namespace {

Value sample(const char* instance, double value) {
    return Value(
        ValueMap{{"Labels", ValueMap{{"instance", instance}, {"job", "node"}}}, {"Value", value}});
}

// The data of an alert, as Prometheus gives it to annotations.
TemplateContext alert_context(double value = 1234567) {
    const ValueMap labels{{"instance", "web-1:9100"}, {"job", "node"}, {"mountpoint", "/var"}};
    TemplateContext context;
    context.dot = Value(ValueMap{{"Labels", labels}, {"Value", value}});
    context.variables = {{"labels", labels},
                         {"value", value},
                         {"externalLabels", ValueMap{{"site", "bj1"}}},
                         {"externalURL", "http://localhost:9840"}};
    context.query = [](std::string_view expr) -> Result<ValueList> {
        if (expr == "none") return ValueList{};
        if (expr == "broken(") return Error(ErrorCode::kInvalid, "parse error");
        return ValueList{sample("b", 21), sample("a", 11), sample("c", 31)};
    };
    return context;
}

std::string rendered(std::string_view text, const TemplateContext& context = alert_context()) {
    const auto parsed = Template::parse(text);
    if (!parsed) return "parse: " + parsed.error().message;
    const auto out = parsed.value().render(context);
    return out ? out.value() : "render: " + out.error().message;
}

struct Case {
    std::string_view text;
    std::string_view expected;
};

}  // namespace

TEST_CASE("a template prints what Go's text/template prints") {
    const Case c = GENERATE(values<Case>({
        {"plain", "plain"},
        {"", ""},
        {"{ not } a {template}", "{ not } a {template}"},
        {"{{ $labels.instance }} is down", "web-1:9100 is down"},
        {"{{.Labels.instance}}/{{ .Labels.job }}", "web-1:9100/node"},
        {"{{ $value }}", "1.234567e+06"},
        {"{{ .Value }}", "1.234567e+06"},
        {"{{ $externalLabels.site }} {{ $externalURL }}", "bj1 http://localhost:9840"},
        {"<{{ $labels.absent }}>", "<>"},
        {"{{ $.Labels.job }}", "node"},
        {"{{ $labels }}", "map[instance:web-1:9100 job:node mountpoint:/var]"},
        // Trimming and comments.
        {"a {{- 1 }} b", "a1 b"},
        {"a {{ 1 -}} b", "a 1b"},
        {"a \n\t{{- \"x\" -}}\n b", "axb"},
        {"{{-3}}", "-3"},
        {"a{{/* nothing */}}b", "ab"},
        {"a {{- /* nothing */ -}} b", "ab"},
        // Constants.
        {"{{ 1 }} {{ 1.5 }} {{ -2 }} {{ 1000000 }} {{ 1e6 }} {{ 0x1F }}",
         "1 1.5 -2 1000000 1e+06 31"},
        {"{{ true }} {{ \"a\\tb\\u00e9\" }} {{ `raw\\n` }} {{ 'a' }}", "true a\tbé raw\\n 97"},
        // Control.
        {"{{ if gt $value 80.0 }}high{{ else }}low{{ end }}", "high"},
        {"{{ if eq $labels.job \"x\" }}1{{ else if eq $labels.job \"node\" }}2{{ else }}3{{ end }}",
         "2"},
        {"{{ if $labels.absent }}1{{ end }}2", "2"},
        {"{{ if and true false }}1{{ else }}2{{ end }}", "2"},
        {"{{ with $labels.job }}[{{ . }}]{{ end }}", "[node]"},
        {"{{ with $labels.absent }}x{{ else }}none{{ end }}", "none"},
        {"{{ with $x := 5 }}{{ $x }}{{ . }}{{ end }}", "55"},
        {"{{ range $labels }}{{ . }} {{ end }}", "web-1:9100 node /var "},
        {"{{ range $k, $v := $labels }}{{ $k }}={{ $v }};{{ end }}",
         "instance=web-1:9100;job=node;mountpoint=/var;"},
        {"{{ range query \"none\" }}x{{ else }}empty{{ end }}", "empty"},
        {"{{ range $i, $s := query \"up\" }}{{ $i }}{{ $s.Labels.instance }}{{ end }}", "0b1a2c"},
        {"{{ range query \"up\" }}{{ if eq .Value 11.0 }}{{ continue }}{{ end }}{{ .Value }} {{ "
         "end }}",
         "21 31 "},
        {"{{ range query \"up\" }}{{ if eq .Value 11.0 }}{{ break }}{{ end }}{{ .Value }} {{ end "
         "}}",
         "21 "},
        // Variables.
        {"{{ $x := 1 }}{{ $x = 2 }}{{ $x }}", "2"},
        {"{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}", "2"},
        {"{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ end }}{{ $x }}", "1"},
        {"{{ $x := 0 }}{{ range query \"up\" }}{{ $x = .Value }}{{ end }}{{ $x }}", "31"},
        // Pipelines.
        {"{{ \"a\" | toUpper | printf \"%s-%s\" \"b\" }}", "b-A"},
        {"{{ (query \"up\" | first).Labels.instance }}", "b"},
        {"{{ printf \"%.1f\" (index (query \"up\") 1).Value }}", "11.0"},
        // Logic and comparison; the last two are lazy.
        {"{{ not true }} {{ and 1 0 }} {{ or 0 \"x\" }} {{ and 1 2 3 }}", "false 0 x 3"},
        {"{{ eq 1 2 1 }} {{ ne 1 2 }} {{ lt 1 2 }} {{ le 2 2 }} {{ gt 1 2 }} {{ ge 1 2 }}",
         "true true true true false false"},
        {"{{ eq \"a\" \"b\" \"a\" }} {{ lt \"a\" \"b\" }}", "true true"},
        {"{{ and false (query \"broken(\") }} {{ or 1 (query \"broken(\") }}", "false 1"},
        {"{{ gt $value 80.0 }} {{ gt 81 80 }}", "true true"},
        {"{{ len \"abc\" }} {{ len $labels }} {{ index $labels \"job\" }}", "3 3 node"},
        {"{{ print \"a\" 1 2 \"b\" }} {{ println 1 2 }}", "a1 2b 1 2\n"},
        {"{{ println \"\" \"x\" }}", " x\n"},
        {"{{ html \"<a&'\\\">\" }} {{ urlquery \"a b&c=ü\" }}",
         "&lt;a&amp;&#39;&#34;&gt; a+b%26c%3D%C3%BC"},
    }));
    CAPTURE(c.text);
    REQUIRE(rendered(c.text) == c.expected);
}

TEST_CASE("printf formats as Go's does") {
    const Case c = GENERATE(values<Case>({
        {R"({{ printf "%.2f" 3.14159 }})", "3.14"},
        {R"({{ printf "%5.1f|%-6.1f|%06.1f" 1.25 1.25 1.25 }})", "  1.2|1.2   |0001.2"},
        {R"({{ printf "%d %5d %-5d| %05d %+d %x %X %o %b" 42 42 42 42 42 255 255 8 5 }})",
         "42    42 42   | 00042 +42 ff FF 10 101"},
        {R"({{ printf "%s %q %10s|%-5s|%.2s" "a" "b\"" "c" "d" "efg" }})",
         "a \"b\\\"\"          c|d    |ef"},
        {R"({{ printf "%v %v %v %t" 1 1.5 "x" true }})", "1 1.5 x true"},
        {R"({{ printf "%e %g %G" 123456.789 123456.789 1e10 }})", "1.234568e+05 123456.789 1E+10"},
        {R"({{ printf "100%%" }})", "100%"},
        {R"({{ printf "%d" }})", "%!d(MISSING)"},
        {R"({{ printf "%d" "x" }})", "%!d(string=x)"},
        {R"({{ printf "%s" 1.5 }})", "%!s(float64=1.5)"},
        {R"({{ printf "x%" }})", "x%!(NOVERB)"},
        {R"({{ printf "%3s|" "值" }})", "  值|"},
        {R"({{ printf "%.3f" (parseDuration "1h30m") }})", "5400.000"},
    }));
    CAPTURE(c.text);
    REQUIRE(rendered(c.text) == c.expected);
}

// The cases of Prometheus's own documentation and template tests (template/template_test.go).
TEST_CASE("Prometheus's functions answer as Prometheus's do") {
    const Case c = GENERATE(values<Case>({
        {"{{ humanize 0.0 }}", "0"},
        {"{{ humanize 1.0 }}", "1"},
        {"{{ humanize 1234567.0 }}", "1.235M"},
        {"{{ humanize 0.12 }}", "120m"},
        {"{{ humanize \"1234567.0\" }}", "1.235M"},
        {"{{ humanize 11.0 }}", "11"},
        {"{{ humanize -1500.0 }}", "-1.5k"},
        {"{{ humanize1024 0.0 }}", "0"},
        {"{{ humanize1024 1.0 }}", "1"},
        {"{{ humanize1024 1048576.0 }}", "1Mi"},
        {"{{ humanize1024 0.12 }}", "0.12"},
        {"{{ humanize1024 1099511627776 }}", "1Ti"},
        {"{{ humanizeDuration 0 }}", "0s"},
        {"{{ humanizeDuration 1 }}", "1s"},
        {"{{ humanizeDuration 60 }}", "1m 0s"},
        {"{{ humanizeDuration 3600 }}", "1h 0m 0s"},
        {"{{ humanizeDuration 86400 }}", "1d 0h 0m 0s"},
        {"{{ humanizeDuration 86460 }}", "1d 0h 1m 0s"},
        {"{{ humanizeDuration -1 }}", "-1s"},
        {"{{ humanizeDuration -86460 }}", "-1d 0h 1m 0s"},
        {"{{ humanizeDuration 899.99 }}", "14m 59s"},
        {"{{ humanizeDuration .1 }}", "100ms"},
        {"{{ humanizeDuration .0001 }}", "100us"},
        {"{{ humanizeDuration .12345 }}", "123.5ms"},
        {"{{ humanizeDuration 12.345 }}", "12.35s"},
        {"{{ humanizePercentage 0.1234567 }}", "12.35%"},
        {"{{ 0.22222 | humanizePercentage }}", "22.22%"},
        {"{{ humanizePercentage 1 }}", "100%"},
        {"{{ humanizeTimestamp 1435065584.128 }}", "2015-06-23 13:19:44.128 +0000 UTC"},
        {"{{ humanizeTimestamp \"1435065584\" }}", "2015-06-23 13:19:44 +0000 UTC"},
        {"{{ humanizeTimestamp \"NaN\" }}", "NaN"},
        {"{{ humanize \"-Inf\" }} {{ humanize1024 \"+Inf\" }} {{ humanizeDuration \"NaN\" }}",
         "-Inf +Inf NaN"},
        {"{{ \"aa bb CC\" | title }}", "Aa Bb CC"},
        {"{{ \"aa bb CC\" | toUpper }}", "AA BB CC"},
        {"{{ \"aa bb CC\" | toLower }}", "aa bb cc"},
        {"{{ match \"a+\" \"aa\" }} {{ match \"a+\" \"b\" }}", "true false"},
        {"{{ reReplaceAll \"(a)b\" \"x$1\" \"ab\" }}", "xa"},
        {"{{ reReplaceAll \"(.*):\\\\d+\" \"$1\" $labels.instance }}", "web-1"},
        {"{{ reReplaceAll \"(?P<h>a+)(b)\" \"${h}-${2}-$9-$$\" \"aab\" }}", "aa-b--$"},
        {"{{ reReplaceAll \"a\" \"\\\\1\" \"a\" }}", "\\1"},
        {"{{ \"1.2.3.4:8080\" | stripPort }}", "1.2.3.4"},
        {"{{ \"[::1]:8080\" | stripPort }}", "::1"},
        {"{{ \"1.2.3.4\" | stripPort }}", "1.2.3.4"},
        {"{{ \"::1\" | stripPort }}", "::1"},
        {"{{ \"foo.example.com:8080\" | stripDomain }}", "foo:8080"},
        {"{{ \"foo.example.com\" | stripDomain }}", "foo"},
        {"{{ \"1.2.3.4:8080\" | stripDomain }}", "1.2.3.4:8080"},
        {"{{ \"[::1]:8080\" | stripDomain }}", "[::1]:8080"},
        {"{{ query \"up\" | first | value }}", "21"},
        {"{{ query \"up\" | first | label \"instance\" }}", "b"},
        {"{{ range query \"up\" | sortByLabel \"instance\" }}{{ .Labels.instance }}:{{ .Value }} "
         "{{ end }}",
         "a:11 b:21 c:31 "},
        {"{{ graphLink \"up\" }} {{ tableLink \"a b\" }}",
         "/graph?g0.expr=up&g0.tab=0 /graph?g0.expr=a+b&g0.tab=1"},
        {"{{ externalURL }}<{{ pathPrefix }}>", "http://localhost:9840<>"},
    }));
    CAPTURE(c.text);
    REQUIRE(rendered(c.text) == c.expected);
}

TEST_CASE("mistakes are told with their place") {
    const Case c = GENERATE(values<Case>({
        {"{{ $labels.job", "parse: at 1:1: \"{{\" without \"}}\""},
        {"a\n  {{ humanise 1 }}",
         "parse: at 2:6: function \"humanise\" not defined; did you mean \"humanize\"?"},
        {"{{ $labls.job }}",
         "parse: at 1:4: undefined variable \"$labls\"; did you mean \"$labels\"?"},
        {"{{ if true }}x", "parse: at 1:1: {{if}} without {{end}}"},
        {"x{{ end }}", "parse: at 1:2: unexpected {{end}}"},
        {"{{ else }}", "parse: at 1:1: unexpected {{else}}"},
        {"{{ if true }}{{ else }}{{ else }}{{ end }}", "parse: at 1:24: a second {{else}}"},
        {"{{ }}", "parse: at 1:4: missing value in an action"},
        {"{{ if }}x{{ end }}", "parse: at 1:7: missing value in if"},
        {"{{ \"x }}", "parse: at 1:4: unclosed quoted text"},
        {"{{ (1 }}", "parse: at 1:4: unclosed \"(\""},
        {"{{ 1 2 }}", "parse: at 1:4: only a function takes arguments"},
        {"{{ 1 | 2 }}", "parse: at 1:8: only a function can follow \"|\""},
        {"{{ break }}", "parse: at 1:1: break outside of range"},
        {"{{ # }}", "parse: at 1:4: unexpected \"#\""},
        {"{{ 1x }}", "parse: at 1:4: bad number \"1x\""},
        {"{{ template \"x\" }}", "render: at 1:1: template \"x\" not defined"},
        {"{{ template x }}", "parse: at 1:13: unexpected \"x\" in template"},
        {"{{ define \"x\" }}", "parse: at 1:1: {{define}} without {{end}}"},
        {"{{ define \"x\" }}{{ else }}{{ end }}", "parse: at 1:17: unexpected {{else}}"},
        {"{{ if true }}{{ define \"x\" }}{{ end }}{{ end }}",
         "parse: at 1:14: unexpected {{define}}"},
        {"{{ define \"x\" }}1{{ end }}{{ define \"x\" }}2{{ end }}",
         "parse: at 1:27: multiple definition of template \"x\""},
        {"{{ define \"x\" }}{{ $labels.job }}{{ end }}",
         "parse: at 1:20: undefined variable \"$labels\""},
        {"{{ range query \"up\" }}{{ block \"x\" . }}{{ break }}{{ end }}{{ end }}",
         "parse: at 1:40: break outside of range"},
        {"{{ lt $value 5 }}",
         "render: at 1:4: lt: incompatible types for comparison: a number and a whole number"},
        {"{{ eq $labels $labels }}", "render: at 1:4: eq: a map can't be compared"},
        {"{{ lt true false }}",
         "render: at 1:4: lt: incompatible types for comparison: true or false and true or false"},
        {"{{ slice \"abcdef\" 4 3 }}", "render: at 1:4: slice: invalid slice index: 4 > 3"},
        {"{{ slice \"abcdef\" 7 }}", "render: at 1:4: slice: index out of range: 7"},
        {"{{ slice \"abcdef\" 1 2 3 }}", "render: at 1:4: slice: cannot 3-index slice a string"},
        {"{{ slice $labels 1 }}", "render: at 1:4: slice: can't slice a map"},
        {"{{ call .Labels }}", "render: at 1:4: call: a map is no function"},
        {"{{ .Labels.job 1 }}", "render: at 1:4: job of a map has arguments but is no function"},
        {"{{ (toTime 0).Nothing }}", "render: at 1:4: a time has no Nothing"},
        {"{{/* x }}", "parse: at 1:1: unclosed comment"},
        {"值{{ nope }}", "parse: at 1:5: function \"nope\" not defined"},
        {"{{ .Lables.job }}",
         "render: at 1:4: there is no field \"Lables\"; did you mean \"Labels\"?"},
        {"{{ $value.x }}", "render: at 1:4: can't take field x of a number"},
        {"{{ humanize \"abc\" }}", "render: at 1:4: humanize: \"abc\" is not a number"},
        {"{{ humanize }}", "render: at 1:4: wrong number of arguments for humanize: 0"},
        {"{{ query \"none\" | first }}",
         "render: at 1:19: first: first() called on vector with no elements"},
        {"{{ query \"broken(\" }}", "render: at 1:4: query: parse error"},
        {"{{ eq 1 \"1\" }}",
         "render: at 1:4: eq: incompatible types for comparison: a whole number and a text"},
        {"{{ match \"(\" \"x\" }}",
         "render: at 1:4: match: bad regular expression \"(\": missing ): ("},
        {"{{ range 5 }}{{ end }}", "render: at 1:1: range can't iterate over a whole number"},
        {"{{ index (query \"up\") 7 }}", "render: at 1:4: index: index out of range: 7"},
    }));
    CAPTURE(c.text);
    REQUIRE(rendered(c.text) == c.expected);
}

TEST_CASE("hostile templates are bounded") {
    SECTION("deep ones") {
        REQUIRE_THAT(rendered("{{ " + std::string(100'000, '(') + " }}"),
                     Catch::Contains("nested too deep"));
        std::string deep;
        for (int i = 0; i < 1000; ++i) deep += "{{ if true }}";
        REQUIRE_THAT(rendered(deep), Catch::Contains("nested too deep"));
    }
    SECTION("templates that call themselves") {
        REQUIRE_THAT(
            rendered("{{ define \"x\" }}{{ template \"x\" }}{{ end }}{{ template \"x\" }}"),
            Catch::Contains("nested too deep"));
    }
    SECTION("long outputs") {
        REQUIRE_THAT(
            rendered(
                "{{ range query \"up\" }}"
                "{{ printf \"%10000d%10000d%10000d%10000d%10000d%10000d%10000d%10000d%10000d\" 1 2 "
                "3 4 5 6 7 8 9 }}"
                "{{ end }}"),
            Catch::Contains("the output is longer"));
    }
    SECTION("texts that double") {
        std::string text = "{{ $x := \"0123456789\" }}";
        for (int i = 0; i < 60; ++i) text += "{{ $x = print $x $x }}";
        REQUIRE_THAT(rendered(text), Catch::Contains("too long a text"));
    }
    SECTION("long loops") {
        std::string text;
        for (int i = 0; i < 20; ++i) text += "{{ range query \"up\" }}";
        text += "{{ $labels.absent }}";
        for (int i = 0; i < 20; ++i) text += "{{ end }}";
        REQUIRE_THAT(rendered(text), Catch::Contains("takes too long"));
    }
}

TEST_CASE("the prefix of paths is the external address's path") {
    TemplateContext context = alert_context();
    context.variables["externalURL"] = "https://a.example:9090/p/q?x=/y";
    REQUIRE(rendered("{{ pathPrefix }}", context) == "/p/q");
}

TEST_CASE("a caller names its own variables, and a dot of its own") {
    constexpr std::array<std::string_view, 1> kNames{"incident"};
    TemplateContext context;
    context.dot = Value(ValueMap{{"Text", "hello"}});
    context.variables["incident"] = "INC-2026-000001";
    const auto t = Template::parse("{{ $incident }}: {{ .Text }}", kNames);
    REQUIRE(t);
    REQUIRE(t.value().render(context).value() == "INC-2026-000001: hello");
    REQUIRE_FALSE(Template::parse("{{ $labels }}", kNames));
    REQUIRE_FALSE(Template::parse("{{ query \"up\" }}", kNames).value().render(context));
}

TEST_CASE("numbers print as Prometheus prints $value") {
    struct Number {
        double value;
        std::string_view expected;
    };
    const Number n = GENERATE(values<Number>({{0, "0"},
                                              {1, "1"},
                                              {0.1, "0.1"},
                                              {92.31415926535898, "92.31415926535898"},
                                              {123456, "123456"},
                                              {1e6, "1e+06"},
                                              {-12345678, "-1.2345678e+07"},
                                              {0.0001, "0.0001"},
                                              {0.00001, "1e-05"},
                                              {1e21, "1e+21"},
                                              {std::numeric_limits<double>::infinity(), "+Inf"},
                                              {-std::numeric_limits<double>::infinity(), "-Inf"},
                                              {std::numeric_limits<double>::quiet_NaN(), "NaN"}}));
    REQUIRE(rendered("{{ $value }}", alert_context(n.value)) == n.expected);
}

TEST_CASE("a character constant of bytes that are no character is an error") {
    REQUIRE_FALSE(Template::parse("{{ '\xa2\xa2\xa2\xa2\xa2\xa2\xa2\xa2' }}"));
    REQUIRE_FALSE(Template::parse("{{ '\xff' }}"));
    REQUIRE(Template::parse("{{ '\xc3\xa9' }}"));
}
