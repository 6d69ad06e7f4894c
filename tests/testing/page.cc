#include "tests/testing/page.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <mutex>

#include "gtest/gtest.h"
#include "vitals/exposition/text_encoder.h"

VITALS_NAMESPACE_BEGIN
namespace testing {
namespace {

void KeepForPromtool(const std::string& page) {
  const char* const folder = std::getenv("VITALS_TEST_PAGES_DIR");
  const ::testing::TestInfo* const test = ::testing::UnitTest::GetInstance()->current_test_info();
  if (folder == nullptr || test == nullptr || page.empty()) return;
  // Some tests poll: the first few pages of each are plenty.
  constexpr int kPagesOfATest = 3;
  static const ::testing::TestInfo* last_test = nullptr;
  static int pages = 0;
  static std::mutex mutex;
  const std::lock_guard<std::mutex> lock(mutex);
  if (last_test != test) pages = 0;
  last_test = test;
  if (pages == kPagesOfATest) return;
  std::ofstream(std::string(folder) + '/' + test->test_suite_name() + '.' + test->name() + '.' +
                std::to_string(getpid()) + '.' + std::to_string(pages++) + ".prom")
      << page;
}

}  // namespace

std::string Page(Registry& registry) {
  Snapshot snapshot;
  registry.Gather(snapshot);
  std::string page;
  EncodeText(snapshot, page);
  KeepForPromtool(page);
  return page;
}

std::string ValueOn(std::string_view page, std::string_view series) {
  const std::string start = '\n' + std::string(series) + ' ';
  const std::string text = '\n' + std::string(page);
  const std::size_t found = text.find(start);
  if (found == std::string::npos) return "none";
  const std::size_t value = found + start.size();
  return text.substr(value, text.find('\n', value) - value);
}

std::string Value(Registry& registry, std::string_view series) {
  return ValueOn(Page(registry), series);
}

}  // namespace testing
VITALS_NAMESPACE_END
