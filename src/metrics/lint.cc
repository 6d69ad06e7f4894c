#include "vitals/metrics/lint.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace {

// A family as its page shows it: type and labels by their names there.
struct ShownFamily {
  std::string_view name;
  std::string_view help;
  std::string_view type;
  std::set<std::string, std::less<>> label_names;
  bool repeats_a_series = false;

  bool IsUntyped() const { return type == "untyped"; }
  bool IsHistogram() const { return type == "histogram"; }
  bool IsSummary() const { return type == "summary"; }
};

using Texts = std::vector<std::string>;

struct Unit {
  std::string_view name;
  std::string_view base;
};

constexpr std::array kUnits = {
    Unit{"amperes", "amperes"},    Unit{"bytes", "bytes"},     Unit{"celsius", "celsius"},
    Unit{"grams", "grams"},        Unit{"joules", "joules"},   Unit{"kelvin", "kelvin"},
    Unit{"meters", "meters"},      Unit{"metres", "metres"},   Unit{"seconds", "seconds"},
    Unit{"volts", "volts"},        Unit{"minutes", "seconds"}, Unit{"hours", "seconds"},
    Unit{"days", "seconds"},       Unit{"weeks", "seconds"},   Unit{"kelvins", "kelvin"},
    Unit{"fahrenheit", "celsius"}, Unit{"rankine", "celsius"}, Unit{"inches", "meters"},
    Unit{"yards", "meters"},       Unit{"miles", "meters"},    Unit{"bits", "bytes"},
    Unit{"calories", "joules"},    Unit{"pounds", "grams"},    Unit{"ounces", "grams"},
};

// "mibi" and the lack of "exa" are promlint's.
constexpr std::array<std::string_view, 18> kUnitPrefixes = {
    "pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo",
    "kibi", "mega", "mibi",  "giga",  "gibi",  "tera", "tebi", "peta",  "pebi"};

constexpr std::array<std::string_view, 14> kUnitAbbreviations = {
    "s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "tb", "pb", "m", "h", "d"};

std::optional<std::string_view> BaseOf(std::string_view unit) {
  for (const Unit& known : kUnits) {
    if (known.name == unit) return known.base;
  }
  return std::nullopt;
}

// The base of a word such as "milliseconds"; empty when it is no unit.
std::optional<std::string_view> BaseOfWord(std::string_view word) {
  if (const auto base = BaseOf(word)) return base;
  for (const std::string_view prefix : kUnitPrefixes) {
    if (!word.starts_with(prefix)) continue;
    if (const auto base = BaseOf(word.substr(prefix.size()))) return base;
  }
  return std::nullopt;
}

std::string ToLower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// Whether `word` stands between underscores, or behind the last one. `name` is in lower case.
bool HasWord(std::string_view name, std::string_view word) {
  const std::string start = fmt::format("_{}", word);
  return name.ends_with(start) || name.find(start + '_') != std::string_view::npos;
}

bool IsCamelCase(std::string_view name) {
  const auto is_hump = [](char a, char b) { return a >= 'a' && a <= 'z' && b >= 'A' && b <= 'Z'; };
  return std::adjacent_find(name.begin(), name.end(), is_hump) != name.end();
}

void LintHelp(const ShownFamily& family, Texts& texts) {
  if (family.help.empty()) texts.emplace_back("no help text");
}

// The first unit of the name decides.
void LintUnits(const ShownFamily& family, Texts& texts) {
  for (std::size_t start = 0; start <= family.name.size();) {
    const std::size_t end = std::min(family.name.find('_', start), family.name.size());
    const std::string_view word = family.name.substr(start, end - start);
    if (const auto base = BaseOfWord(word)) {
      if (*base != word) {
        texts.push_back(fmt::format("use base unit \"{}\" instead of \"{}\"", *base, word));
      }
      return;
    }
    start = end + 1;
  }
}

void LintTypeSuffixes(const ShownFamily& family, Texts& texts) {
  const bool is_total = family.name.ends_with("_total");
  if (family.type == "counter" && !is_total) {
    texts.emplace_back("counter metrics should have \"_total\" suffix");
  }
  if (family.IsUntyped()) return;
  if (family.type != "counter" && is_total) {
    texts.emplace_back("non-counter metrics should not have \"_total\" suffix");
  }
  if (family.type != "gauge" && family.name.ends_with("_timestamp_seconds")) {
    texts.emplace_back("non-gauge metrics should not have \"_timestamp_seconds\" suffix");
  }
}

void LintReservedNames(const ShownFamily& family, Texts& texts) {
  if (family.IsUntyped()) return;
  const bool has_count_and_sum = family.IsHistogram() || family.IsSummary();
  if (!family.IsHistogram() && family.name.ends_with("_bucket")) {
    texts.emplace_back("non-histogram metrics should not have \"_bucket\" suffix");
  }
  for (const std::string_view suffix : {"_count", "_sum"}) {
    if (!has_count_and_sum && family.name.ends_with(suffix)) {
      texts.push_back(fmt::format(
          "non-histogram and non-summary metrics should not have \"{}\" suffix", suffix));
    }
  }
  if (!family.IsHistogram() && family.label_names.contains("le")) {
    texts.emplace_back("non-histogram metrics should not have \"le\" label");
  }
  if (!family.IsSummary() && family.label_names.contains("quantile")) {
    texts.emplace_back("non-summary metrics should not have \"quantile\" label");
  }
}

void LintTypeInName(const ShownFamily& family, Texts& texts) {
  if (!family.IsUntyped() && HasWord(ToLower(family.name), family.type)) {
    texts.push_back(fmt::format("metric name should not include type '{}'", family.type));
  }
}

void LintCharacters(const ShownFamily& family, Texts& texts) {
  if (family.name.find(':') != std::string_view::npos) {
    texts.emplace_back("metric names should not contain ':'");
  }
  if (IsCamelCase(family.name)) {
    texts.emplace_back("metric names should be written in 'snake_case' not 'camelCase'");
  }
  if (std::any_of(family.label_names.begin(), family.label_names.end(), IsCamelCase)) {
    texts.emplace_back("label names should be written in 'snake_case' not 'camelCase'");
  }
}

void LintUnitAbbreviations(const ShownFamily& family, Texts& texts) {
  const std::string name = ToLower(family.name);
  if (std::any_of(kUnitAbbreviations.begin(), kUnitAbbreviations.end(),
                  [&](std::string_view unit) { return HasWord(name, unit); })) {
    texts.emplace_back("metric names should not contain abbreviated units");
  }
}

void LintRepetition(const ShownFamily& family, Texts& texts) {
  if (family.repeats_a_series) texts.emplace_back("metric not unique");
}

constexpr std::array kRules = {
    &LintHelp,       &LintUnits,      &LintTypeSuffixes,      &LintReservedNames,
    &LintTypeInName, &LintCharacters, &LintUnitAbbreviations, &LintRepetition};

// `parts` is not empty.
ShownFamily Show(std::span<const MetricFamily> parts) {
  const FamilyDescription& first = parts[0].description();
  ShownFamily shown = {first.name, first.help, MetricTypeName(first.type), {}};
  std::set<std::string> series;
  for (const MetricFamily& part : parts) {
    // A state is shown in a label of the family's name.
    if (part.description().kind == ValueKind::kStates) shown.label_names.insert(first.name);
    for (std::size_t i = 0; i < part.size(); ++i) {
      const Labels labels = part.labels(i);
      for (const Label& label : labels) shown.label_names.insert(label.name);
      if (!series.insert(LabelText(labels)).second) shown.repeats_a_series = true;
    }
  }
  return shown;
}

std::set<LintProblem> FindProblems(const Snapshot& snapshot) {
  std::set<LintProblem> problems;
  for (std::span<const MetricFamily> rest = snapshot.families(); !rest.empty();) {
    std::size_t size = 1;
    while (size < rest.size() && rest[size].description().name == rest[0].description().name) {
      ++size;
    }
    const ShownFamily family = Show(rest.first(size));
    Texts texts;
    for (const auto rule : kRules) rule(family, texts);
    for (std::string& text : texts) {
      problems.insert({std::string(family.name), std::move(text)});
    }
    rest = rest.subspan(size);
  }
  return problems;
}

}  // namespace

std::vector<LintProblem> Lint(const Snapshot& snapshot, const LintOptions& options) {
  const std::set<LintProblem> found = FindProblems(snapshot);
  std::set<LintProblem> problems = found;
  std::set<LintProblem> unused;
  for (const LintException& exception : options.accepted) {
    const auto is_meant = [&](const LintProblem& problem) {
      return problem.metric == exception.metric &&
             (exception.text.empty() || exception.text == problem.text);
    };
    if (std::none_of(found.begin(), found.end(), is_meant)) {
      unused.insert({exception.metric,
                     exception.text.empty()
                         ? std::string("accepted exception meets no problem: remove it")
                         : fmt::format("accepted exception \"{}\" meets no problem: remove it",
                                       exception.text)});
    }
    std::erase_if(problems, is_meant);
  }
  problems.merge(unused);
  return {problems.begin(), problems.end()};
}

std::vector<LintProblem> Lint(Gatherer& gatherer, const LintOptions& options) {
  Snapshot snapshot;
  gatherer.Gather(snapshot);
  return Lint(snapshot, options);
}

VITALS_NAMESPACE_END
