#include "vitals/health/disk_space_check.h"

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace vitals_test {
namespace {

using vitals::DiskSpace;
using vitals::DiskSpaceCheck;
using vitals::DiskSpaceCheckOptions;
using vitals::HealthResult;

constexpr std::uint64_t kMebibyte = 1024 * 1024;
constexpr std::uint64_t kGibibyte = 1024 * kMebibyte;

HealthResult Check(const DiskSpace& space, DiskSpaceCheckOptions options = {}) {
  options.path = "/data";
  options.read_space = [space](const std::string&) { return space; };
  return (*DiskSpaceCheck::Create(std::move(options)))();
}

DiskSpace Bytes(std::uint64_t free, std::uint64_t total) {
  return {.total_bytes = total, .free_bytes = free};
}

DiskSpace Inodes(std::uint64_t free, std::uint64_t total) {
  return {.total_bytes = 1, .free_bytes = 1, .total_inodes = total, .free_inodes = free};
}

TEST(DiskSpaceCheckTest, PassesAShareBelowIt) {
  EXPECT_EQ(Check(Bytes(100 * kGibibyte, 100 * kGibibyte)), HealthResult::Healthy());
  EXPECT_EQ(Check(Bytes(5 * kGibibyte, 100 * kGibibyte)), HealthResult::Healthy());
  EXPECT_EQ(Check(Bytes(5 * kGibibyte - 1, 100 * kGibibyte)),
            HealthResult::Degraded("'/data' has 5 GiB of 100 GiB free, 5% (limit 5%)"));
  EXPECT_EQ(Check(Bytes(3 * kGibibyte, 100 * kGibibyte)),
            HealthResult::Degraded("'/data' has 3 GiB of 100 GiB free, 3% (limit 5%)"));
  EXPECT_EQ(Check(Bytes(812 * kMebibyte, 100 * kGibibyte)),
            HealthResult::Unhealthy("'/data' has 812 MiB of 100 GiB free, 0.793% (limit 3%)"));
  EXPECT_EQ(Check(Bytes(0, 1)),
            HealthResult::Unhealthy("'/data' has 0 B of 1 B free, 0% (limit 3%)"));
}

TEST(DiskSpaceCheckTest, PassesBytesBelowThem) {
  const DiskSpaceCheckOptions options = {
      .min_free_bytes = {.degraded = 2 * kGibibyte, .unhealthy = kGibibyte}, .min_free_ratio = {}};
  EXPECT_EQ(Check(Bytes(2 * kGibibyte, 1000 * kGibibyte), options), HealthResult::Healthy());
  EXPECT_EQ(Check(Bytes(2 * kGibibyte - 1, 1000 * kGibibyte), options),
            HealthResult::Degraded("'/data' has 2 GiB free (limit 2 GiB)"));
  EXPECT_EQ(Check(Bytes(kGibibyte, 1000 * kGibibyte), options),
            HealthResult::Degraded("'/data' has 1 GiB free (limit 2 GiB)"));
  EXPECT_EQ(Check(Bytes(1000 * kMebibyte, 1000 * kGibibyte), options),
            HealthResult::Unhealthy("'/data' has 1000 MiB free (limit 1 GiB)"));
}

TEST(DiskSpaceCheckTest, PassesInodesBelowThem) {
  EXPECT_EQ(Check(Inodes(5'000, 100'000)), HealthResult::Healthy());
  EXPECT_EQ(Check(Inodes(4'999, 100'000)),
            HealthResult::Degraded("'/data' has 4999 of 100000 inodes free, 5% (limit 5%)"));
  EXPECT_EQ(Check(Inodes(12, 100'000)),
            HealthResult::Unhealthy("'/data' has 12 of 100000 inodes free, 0.012% (limit 3%)"));
}

TEST(DiskSpaceCheckTest, TellsAllThatIsWrongTheWorstFirst) {
  const DiskSpace space = {
      .total_bytes = 100 * kGibibyte, .free_bytes = 4 * kGibibyte, .total_inodes = 100};
  EXPECT_EQ(Check(space, {.min_free_bytes = {.degraded = 10 * kGibibyte}}),
            HealthResult::Unhealthy("'/data' has 0 of 100 inodes free, 0% (limit 3%); "
                                    "'/data' has 4 GiB free (limit 10 GiB); "
                                    "'/data' has 4 GiB of 100 GiB free, 4% (limit 5%)"));
}

TEST(DiskSpaceCheckTest, AFileSystemWithoutSizeHasNoShares) {
  EXPECT_EQ(Check({}), HealthResult::Healthy());
  EXPECT_EQ(Check({}, {.min_free_bytes = {.unhealthy = 1}}),
            HealthResult::Unhealthy("'/data' has 0 B free (limit 1 B)"));
}

TEST(DiskSpaceCheckTest, APathThatCannotBeReadIsUnhealthy) {
  const DiskSpaceCheck check = *DiskSpaceCheck::Create({.path = "/no/such/folder"});
  EXPECT_EQ(check(),
            HealthResult::Unhealthy(
                "cannot read the disk space of '/no/such/folder': No such file or directory"));
}

TEST(DiskSpaceCheckTest, ThrowsWhatTheFunctionThrows) {
  const auto throws = [](const std::string&) -> DiskSpace { throw std::runtime_error("no disk"); };
  const DiskSpaceCheck check = *DiskSpaceCheck::Create({.path = "/data", .read_space = throws});
  EXPECT_THROW(check(), std::runtime_error);
}

TEST(DiskSpaceCheckTest, ReadsTheFileSystem) {
  const absl::StatusOr<DiskSpace> space = vitals::ReadDiskSpace(::testing::TempDir());
  ASSERT_TRUE(space.ok()) << space.status();
  EXPECT_GT(space->total_bytes, kMebibyte);
  EXPECT_LE(space->free_bytes, space->total_bytes);
  EXPECT_LE(space->free_inodes, space->total_inodes);
  const DiskSpaceCheck check = *DiskSpaceCheck::Create(
      {.path = ::testing::TempDir(),
       .min_free_bytes = {.degraded = std::numeric_limits<std::uint64_t>::max()}});
  EXPECT_NE(check(), HealthResult::Healthy());
}

TEST(DiskSpaceCheckTest, RefusesBadOptions) {
  const auto error_of = [](const DiskSpaceCheckOptions& options) {
    return DiskSpaceCheck::Create(options).status();
  };
  EXPECT_EQ(error_of({}),
            absl::InvalidArgumentError("path is empty: name a file or folder of the file system"));
  EXPECT_EQ(
      error_of({.path = "/", .min_free_bytes = {.degraded = 1, .unhealthy = 2}}),
      absl::InvalidArgumentError(
          "min_free_bytes.degraded is 1: choose at least min_free_bytes.unhealthy, which is 2"));
  EXPECT_EQ(error_of({.path = "/", .min_free_ratio = {.degraded = 5}}),
            absl::InvalidArgumentError("min_free_ratio.degraded is 5: choose from 0 to 1"));
  EXPECT_EQ(
      error_of({.path = "/",
                .min_free_inodes_ratio = {.unhealthy = std::numeric_limits<double>::quiet_NaN()}}),
      absl::InvalidArgumentError("min_free_inodes_ratio.unhealthy is nan: choose from 0 to "
                                 "1"));
  EXPECT_EQ(error_of({.path = "/", .read_space = nullptr}),
            absl::InvalidArgumentError("read_space is empty: give a function that returns the "
                                       "space of a file system, or leave the default"));
}

}  // namespace
}  // namespace vitals_test
