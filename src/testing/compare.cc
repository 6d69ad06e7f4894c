#include "vitals/testing/compare.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <tuple>

#include "absl/status/statusor.h"
#include "fmt/format.h"
#include "testing/page_lines.h"
#include "vitals/exposition/parser.h"

VITALS_NAMESPACE_BEGIN
namespace testing {
namespace {

// Differences that a message shows.
constexpr std::size_t kMaxShownDifferences = 100;

// Collects differences, in the form of `diff`.
class Difference {
 public:
  void Add(char sign, const std::string& line) {
    if (++count_ <= kMaxShownDifferences) text_ += fmt::format("\n{} {}", sign, line);
  }

  absl::Status ToStatus() const {
    if (count_ == 0) return absl::OkStatus();
    std::string message = "the page is not as expected (- expected, + found):" + text_;
    if (count_ > kMaxShownDifferences) {
      message += fmt::format("\nand {} more lines", count_ - kMaxShownDifferences);
    }
    return absl::FailedPreconditionError(message);
  }

 private:
  std::string text_;
  std::size_t count_ = 0;
};

// Whether the line stands before the other on a page, or is one of the same series.
bool IsNoLater(const PageLine& line, const PageLine& other) {
  return std::tie(line.series, line.rank) <= std::tie(other.series, other.rank);
}

// Both sets are sorted, so that what was expected of a series stands above what was found.
void CompareLines(const std::set<PageLine>& expected, const std::set<PageLine>& found,
                  Difference& difference) {
  auto e = expected.begin();
  auto f = found.begin();
  while (e != expected.end() || f != found.end()) {
    if (e != expected.end() && f != found.end() && *e == *f) {
      ++e;
      ++f;
    } else if (f == found.end() || (e != expected.end() && IsNoLater(*e, *f))) {
      difference.Add('-', e++->text);
    } else {
      difference.Add('+', f++->text);
    }
  }
}

// Leaves the named families; InvalidArgument for a name of none.
absl::Status Select(std::initializer_list<std::string_view> names, PageLines& expected,
                    PageLines& found) {
  if (names.size() == 0) return absl::OkStatus();
  for (const std::string_view name : names) {
    if (!expected.contains(name) && !found.contains(name)) {
      return absl::InvalidArgumentError(
          fmt::format("neither side has a family {}: names are those of families, as # TYPE has "
                      "them",
                      name));
    }
  }
  const auto is_other = [&](const auto& family) {
    return std::find(names.begin(), names.end(), family.first) == names.end();
  };
  std::erase_if(expected, is_other);
  std::erase_if(found, is_other);
  return absl::OkStatus();
}

}  // namespace

absl::Status CollectAndCompare(Gatherer& gatherer, std::string_view expected,
                               std::initializer_list<std::string_view> names) {
  const absl::StatusOr<ParsedPage> expected_page = ParsePage(expected, ParseOptions());
  if (!expected_page.ok()) {
    return absl::InvalidArgumentError(
        fmt::format("the expected page: {}", std::string(expected_page.status().message())));
  }
  const std::string text = PageOf(gatherer);
  const absl::StatusOr<ParsedPage> found_page = ParsePage(text, ParseOptions());
  if (!found_page.ok()) return found_page.status();

  PageLines expected_lines = LinesOf(*expected_page);
  PageLines found_lines = LinesOf(*found_page);
  if (absl::Status status = Select(names, expected_lines, found_lines); !status.ok()) {
    return status;
  }
  Difference difference;
  for (const auto& [name, lines] : expected_lines) {
    const auto found = found_lines.extract(name);
    CompareLines(lines, found.empty() ? std::set<PageLine>() : found.mapped(), difference);
  }
  for (const auto& [name, lines] : found_lines) CompareLines({}, lines, difference);
  return difference.ToStatus();
}

absl::Status CollectAndLint(Gatherer& gatherer, const LintOptions& options) {
  std::string text;
  for (const LintProblem& problem : Lint(gatherer, options)) {
    text += fmt::format("\n{}: {}", problem.metric, problem.text);
  }
  if (text.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError("names and help texts have problems:" + text);
}

}  // namespace testing
VITALS_NAMESPACE_END
