#include "vitals/metrics/build_info.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/page.h"

namespace vitals {
namespace {

using ::testing::HasSubstr;
using testing::Page;

TEST(BuildInfoTest, ShowsWhatTheHostWasBuiltFrom) {
  Registry registry;
  const BuildInfo info = {.name = "worker",
                          .version = "1.4.2",
                          .revision = "ab12",
                          .branch = "main",
                          .compiler = "gcc 12"};
  ASSERT_TRUE(AddBuildInfo(registry, info).ok());
  EXPECT_THAT(Page(registry), HasSubstr("# TYPE worker_build_info gauge\n"
                                        "worker_build_info{branch=\"main\",compiler=\"gcc 12\","
                                        "revision=\"ab12\",version=\"1.4.2\"} 1\n"));
}

TEST(BuildInfoTest, LeavesOutWhatIsNotKnown) {
  Registry registry;
  ASSERT_TRUE(AddBuildInfo(registry, {.name = "worker", .compiler = ""}).ok());
  EXPECT_THAT(Page(registry), HasSubstr("\nworker_build_info 1\n"));
}

TEST(BuildInfoTest, RefusesANameThatIsNone) {
  Registry registry;
  const absl::Status status = AddBuildInfo(registry, {.name = "my worker"});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("my worker_build_info"));
}

TEST(BuildInfoTest, KnowsTheLibrary) {
  const BuildInfo info = VitalsBuildInfo();
  EXPECT_EQ(info.name, "vitals");
  EXPECT_EQ(info.version, VITALS_VERSION);
  EXPECT_NE(info.compiler, "");
}

}  // namespace
}  // namespace vitals
