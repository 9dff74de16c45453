#include "bridge/knowledge/similar.h"

#include <algorithm>
#include <tuple>

namespace tocsin::bridge {
namespace {

// Each rank outweighs all that stands below it.
constexpr int kSameKey = 1000;
constexpr int kSameAlert = 200;
constexpr int kSameHost = 100;
constexpr int kSameService = 50;
constexpr int kMostShared = 40;

std::string label(const Incident& incident, std::string_view name) {
    return std::string(incident.labels.get(name));
}

int shared_labels(const Incident& one, const Incident& other) {
    int n = 0;
    for (const Label& pair : one.labels) {
        const std::string_view name = pair.name.view();
        if (name == "severity" || name == "alertname" || name == "host" || name == "service") {
            continue;
        }
        if (other.labels.get(name) == pair.value.view()) ++n;
    }
    return std::min(n, kMostShared);
}

bool says_how(const Incident& incident) {
    const Findings& findings = incident.facts.findings;
    return !findings.solution.empty() || !findings.cause.empty();
}

}  // namespace

std::string service_of(const Incident& incident) {
    return incident.service.empty() ? label(incident, "service") : incident.service;
}

int likeness(const Incident& one, const Incident& past) {
    const auto same = [](const std::string& a, const std::string& b) {
        return !a.empty() && a == b;
    };
    const bool key = same(one.dedup_key, past.dedup_key);
    const std::string alert = label(one, "alertname");
    const bool named = same(alert, label(past, "alertname"));
    const bool host = same(label(one, "host"), label(past, "host"));
    const bool service = same(service_of(one), service_of(past));
    const bool reported = alert.empty() && label(past, "alertname").empty() && (host || service);
    if (!key && !named && !reported) return 0;
    return (key ? kSameKey : 0) + (named ? kSameAlert : 0) + (host ? kSameHost : 0) +
           (service ? kSameService : 0) + shared_labels(one, past) + 1;
}

std::vector<Incident> most_similar(const Incident& to, std::vector<Incident> past) {
    struct Rated {
        int score;
        Incident incident;
    };
    std::vector<Rated> rated;
    for (Incident& one : past) {
        const bool there = std::any_of(rated.begin(), rated.end(), [&](const Rated& known) {
            return known.incident.key == one.key;
        });
        if (there || one.key == to.key || is_open(one.state)) continue;
        if (const int score = likeness(to, one); score > 0)
            rated.push_back({score, std::move(one)});
    }
    std::stable_sort(rated.begin(), rated.end(), [](const Rated& a, const Rated& b) {
        return std::tuple(-a.score, !says_how(a.incident), -to_unix_ms(a.incident.opened_at)) <
               std::tuple(-b.score, !says_how(b.incident), -to_unix_ms(b.incident.opened_at));
    });
    std::vector<Incident> out;
    for (std::size_t i = 0; i < rated.size() && i < kMostSimilar; ++i) {
        out.push_back(std::move(rated[i].incident));
    }
    return out;
}

std::vector<ArticleTitle> matching_articles(const Incident& incident,
                                            std::vector<ArticleTitle> all) {
    const auto fits = [&](const ArticleTitle& article) {
        if (article.match.empty()) return false;
        return matches_all(article.match, incident.labels) ||
               std::any_of(incident.alerts.begin(), incident.alerts.end(),
                           [&](const AlertRecord& alert) {
                               return matches_all(article.match, alert.labels);
                           });
    };
    std::erase_if(all, [&](const ArticleTitle& article) { return !fits(article); });
    std::stable_sort(all.begin(), all.end(), [](const ArticleTitle& a, const ArticleTitle& b) {
        return std::tuple(-static_cast<long>(a.match.size()), a.key) <
               std::tuple(-static_cast<long>(b.match.size()), b.key);
    });
    if (all.size() > kMostArticles) all.resize(kMostArticles);
    return all;
}

}  // namespace tocsin::bridge
