#include "vitals/health/process_resource_check.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/file_tree.h"

namespace vitals_test {
namespace {

using ::testing::StartsWith;
using vitals::HealthResult;
using vitals::HealthStatus;
using vitals::ProcessResourceCheck;
using vitals::ProcessResourceCheckOptions;

constexpr std::uint64_t kMebibyte = 1024 * 1024;

// A tree of files as a kernel would show them, of a process that uses little.
class ProcessResourceCheckTest : public ::testing::Test, protected vitals_test::FileTree {
 protected:
  ProcessResourceCheckTest() {
    WriteStat(100 * kMebibyte, 200 * kMebibyte);
    WriteLimits("1000", "unlimited");
    Write("proc/self/fd/0", "");
  }

  void WriteStat(std::uint64_t resident_bytes, std::uint64_t virtual_bytes) {
    const auto page_bytes = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    Write("proc/self/stat",
          "7 (worker) S 1 7 7 0 -1 4194368 142 67 0 0 150 50 0 0 20 0 12 0 24800 " +
              std::to_string(virtual_bytes) + ' ' + std::to_string(resident_bytes / page_bytes) +
              " 1 1 1\n");
  }

  void WriteLimits(const std::string& open_files, const std::string& address_space) {
    Write("proc/self/limits",
          "Limit                     Soft Limit           Hard Limit           Units     \n"
          "Max open files            " +
              open_files +
              "                 20000                files     \n"
              "Max address space         " +
              address_space + "            unlimited            bytes     \n");
  }

  void OpenFiles(int count) {
    for (int fd = 0; fd < count; ++fd) Write("proc/self/fd/" + std::to_string(fd), "");
  }

  HealthResult Check(ProcessResourceCheckOptions options = {}) {
    options.proc_path = Proc();
    options.cgroup_path = At("cgroup");
    return (*ProcessResourceCheck::Create(std::move(options)))();
  }

  std::string Proc() const { return At("proc"); }

  static HealthResult OfCgroup(HealthStatus status, const std::string& figures) {
    return {status, "resident memory is 100 MiB of the cgroup's " + figures};
  }
};

TEST_F(ProcessResourceCheckTest, IsHealthyWhereNothingIsLimited) {
  EXPECT_EQ(Check(), HealthResult::Healthy());
  WriteLimits("unlimited", "unlimited");
  EXPECT_EQ(Check(), HealthResult::Healthy());
}

TEST_F(ProcessResourceCheckTest, PassesAShareOfOpenFilesAboveIt) {
  WriteLimits("20", "unlimited");
  OpenFiles(16);
  EXPECT_EQ(Check(), HealthResult::Healthy());
  OpenFiles(17);
  EXPECT_EQ(Check(), HealthResult::Degraded("17 of 20 file descriptors are open, 85% (limit 80%)"));
  OpenFiles(19);
  EXPECT_EQ(Check(), HealthResult::Degraded("19 of 20 file descriptors are open, 95% (limit 80%)"));
  OpenFiles(20);
  EXPECT_EQ(Check(),
            HealthResult::Unhealthy("20 of 20 file descriptors are open, 100% (limit 95%)"));
}

TEST_F(ProcessResourceCheckTest, NothingMayBeOpenWhereNothingIsAllowed) {
  WriteLimits("0", "unlimited");
  EXPECT_EQ(Check(), HealthResult::Unhealthy("0 of 0 file descriptors are open, 100% (limit 95%)"));
}

TEST_F(ProcessResourceCheckTest, PassesBytesOfMemoryAboveThem) {
  EXPECT_EQ(Check({.max_memory_bytes = {.degraded = 100 * kMebibyte}}), HealthResult::Healthy());
  EXPECT_EQ(Check({.max_memory_bytes = {.degraded = 99 * kMebibyte, .unhealthy = 100 * kMebibyte}}),
            HealthResult::Degraded("resident memory is 100 MiB (limit 99 MiB)"));
  EXPECT_EQ(Check({.max_memory_bytes = {.unhealthy = 100 * kMebibyte - 1}}),
            HealthResult::Unhealthy("resident memory is 100 MiB (limit 100 MiB)"));
}

TEST_F(ProcessResourceCheckTest, PassesAShareOfTheCgroupAboveIt) {
  Write("proc/self/cgroup", "0::/app.slice/worker\n");
  Write("cgroup/app.slice/worker/memory.max", std::to_string(125 * kMebibyte) + '\n');
  EXPECT_EQ(Check(), HealthResult::Healthy());
  Write("cgroup/app.slice/worker/memory.max", std::to_string(112 * kMebibyte) + '\n');
  EXPECT_EQ(Check(), OfCgroup(HealthStatus::kDegraded, "112 MiB, 89.3% (limit 80%)"));
  Write("cgroup/app.slice/worker/memory.max", std::to_string(104 * kMebibyte) + '\n');
  EXPECT_EQ(Check(), OfCgroup(HealthStatus::kUnhealthy, "104 MiB, 96.2% (limit 95%)"));
}

TEST_F(ProcessResourceCheckTest, TheLeastLimitOfTheCgroupAndThoseAboveItCounts) {
  Write("proc/self/cgroup", "0::/app.slice/worker\n");
  Write("cgroup/app.slice/worker/memory.max", "max\n");
  EXPECT_EQ(Check(), HealthResult::Healthy());
  Write("cgroup/app.slice/memory.max", std::to_string(120 * kMebibyte) + '\n');
  EXPECT_EQ(Check(), OfCgroup(HealthStatus::kDegraded, "120 MiB, 83.3% (limit 80%)"));
  Write("cgroup/memory.max", std::to_string(110 * kMebibyte) + '\n');
  EXPECT_EQ(Check(), OfCgroup(HealthStatus::kDegraded, "110 MiB, 90.9% (limit 80%)"));
  Write("cgroup/app.slice/worker/memory.max", std::to_string(100 * kMebibyte) + '\n');
  EXPECT_EQ(Check(), OfCgroup(HealthStatus::kUnhealthy, "100 MiB, 100% (limit 95%)"));
}

TEST_F(ProcessResourceCheckTest, ReadsTheRootWhereThePathIsTheHosts) {
  Write("proc/self/cgroup", "5:cpu,memory:/docker/0123\n0::/\n");
  Write("cgroup/memory/memory.limit_in_bytes", std::to_string(120 * kMebibyte) + '\n');
  EXPECT_EQ(Check(), OfCgroup(HealthStatus::kDegraded, "120 MiB, 83.3% (limit 80%)"));
  Write("proc/self/cgroup", "0::" + std::string(500'000, '/') + "\n");
  Write("cgroup/memory.max", std::to_string(110 * kMebibyte) + '\n');
  EXPECT_EQ(Check(), OfCgroup(HealthStatus::kDegraded, "110 MiB, 90.9% (limit 80%)"));
}

TEST_F(ProcessResourceCheckTest, ReadsCgroupsOfVersion1) {
  Write("proc/self/cgroup", "nonsense\n7:\n4:memory_other:/b\n5:cpu,memory:/a\n");
  Write("cgroup/memory/a/memory.limit_in_bytes", std::to_string(104 * kMebibyte) + '\n');
  Write("cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(Check(), OfCgroup(HealthStatus::kUnhealthy, "104 MiB, 96.2% (limit 95%)"));
  Write("cgroup/memory/a/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(Check(), HealthResult::Healthy()) << "unlimited";
}

TEST_F(ProcessResourceCheckTest, ACgroupWithoutALimitThatCanBeReadHasNone) {
  Write("proc/self/cgroup", "5:memory:/../other\n0::/../other\n");
  Write("cgroup/memory.max", "1\n");
  EXPECT_EQ(Check(), HealthResult::Healthy());
  Write("proc/self/cgroup", "0::/\n");
  Write("cgroup/memory.max", "much\n");
  EXPECT_EQ(Check(), HealthResult::Healthy());
  Write("cgroup/memory.max", "");
  EXPECT_EQ(Check(), HealthResult::Healthy());
}

TEST_F(ProcessResourceCheckTest, PassesAShareOfTheAddressSpaceAboveIt) {
  WriteLimits("1000", std::to_string(250 * kMebibyte));
  EXPECT_EQ(Check(), HealthResult::Healthy());
  WriteLimits("1000", std::to_string(240 * kMebibyte));
  EXPECT_EQ(Check(),
            HealthResult::Degraded("address space is 200 MiB of 240 MiB, 83.3% (limit 80%)"));
}

TEST_F(ProcessResourceCheckTest, TellsAllThatIsWrongTheWorstFirst) {
  WriteLimits("1", std::to_string(240 * kMebibyte));
  EXPECT_EQ(Check(),
            HealthResult::Unhealthy("1 of 1 file descriptors are open, 100% (limit 95%); "
                                    "address space is 200 MiB of 240 MiB, 83.3% (limit 80%)"));
}

TEST_F(ProcessResourceCheckTest, IsDegradedByWhatCannotBeRead) {
  const std::string self = Proc() + "/self";
  Remove("proc/self/fd");
  EXPECT_EQ(Check(), HealthResult::Degraded("cannot read " + self + "/fd"));
  Remove("proc/self/limits");
  EXPECT_EQ(Check(),
            HealthResult::Degraded("cannot read 'Max address space' of " + self +
                                   "/limits; cannot read 'Max open files' of " + self + "/limits"));
  Write("proc/self/stat", "7 (worker) S 1\n");
  EXPECT_EQ(Check(),
            HealthResult::Degraded("cannot read " + self +
                                   "/stat; cannot read 'Max open files' of " + self + "/limits"));
}

TEST_F(ProcessResourceCheckTest, DoesNotReadWhatHasNoLimit) {
  Remove("proc");
  EXPECT_EQ(Check({.max_memory_ratio = {}, .max_open_files_ratio = {}}), HealthResult::Healthy());
  EXPECT_EQ(Check({.max_memory_ratio = {}}).status, HealthStatus::kDegraded);
  EXPECT_EQ(Check({.max_open_files_ratio = {}}).status, HealthStatus::kDegraded);
}

TEST_F(ProcessResourceCheckTest, RefusesBadOptions) {
  const auto error_of = [](const ProcessResourceCheckOptions& options) {
    return ProcessResourceCheck::Create(options).status();
  };
  EXPECT_EQ(
      error_of({.max_memory_bytes = {.degraded = 2, .unhealthy = 1}}),
      absl::InvalidArgumentError(
          "max_memory_bytes.degraded is 2: choose at most max_memory_bytes.unhealthy, which is 1"));
  EXPECT_EQ(error_of({.max_memory_ratio = {.degraded = 80}}),
            absl::InvalidArgumentError("max_memory_ratio.degraded is 80: choose from 0 to 1"));
  EXPECT_EQ(
      error_of({.max_open_files_ratio = {.unhealthy = std::numeric_limits<double>::quiet_NaN()}}),
      absl::InvalidArgumentError("max_open_files_ratio.unhealthy is nan: choose from 0 to 1"));
}

TEST(ThisProcessTest, IsReadFromTheKernel) {
  EXPECT_EQ(
      (*ProcessResourceCheck::Create({.max_memory_bytes = {.unhealthy = std::uint64_t{1} << 50},
                                      .max_memory_ratio = {.unhealthy = 1}}))(),
      HealthResult::Healthy());
  const HealthResult result =
      (*ProcessResourceCheck::Create({.max_memory_bytes = {.unhealthy = 1}}))();
  EXPECT_EQ(result.status, HealthStatus::kUnhealthy);
  EXPECT_THAT(result.reason, StartsWith("resident memory is "));
}

TEST(ThisProcessTest, IsUnhealthyWithoutADescriptorToReadWith) {
  const ProcessResourceCheck check = *ProcessResourceCheck::Create();
  rlimit limit = {};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit none = {.rlim_cur = 0, .rlim_max = limit.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const HealthResult result = check();
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(result, HealthResult::Unhealthy("no file descriptor is left to open files with"));
}

}  // namespace
}  // namespace vitals_test
