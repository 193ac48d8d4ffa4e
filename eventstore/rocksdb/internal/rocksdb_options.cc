#include "eventstore/rocksdb/internal/rocksdb_options.h"

#include "rocksdb/env.h"
#include "rocksdb/file_checksum.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/table.h"
#include "rocksdb/utilities/table_properties_collectors.h"

namespace apdr::eventstore {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;
constexpr double kBloomBitsPerKey = 10;
constexpr double kMemtableBloomShare = 0.05;

rocksdb::DBOptions CommonDbOptions(const RocksDbResources& resources) {
  rocksdb::DBOptions options;
  options.env = resources.env == nullptr ? rocksdb::Env::Default() : resources.env;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.paranoid_checks = true;
  options.flush_verify_memtable_count = true;
  options.file_checksum_gen_factory = rocksdb::GetFileChecksumGenCrc32cFactory();
  // Fail-stop: a database that failed in the background stays failed until the process restarts.
  options.max_bgerror_resume_count = 0;
  options.bytes_per_sync = 1 * kMiB;
  options.max_log_file_size = 8 * kMiB;
  options.keep_log_file_num = 4;
  return options;
}

rocksdb::BlockBasedTableOptions TableOptions(const RocksDbResources& resources) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = resources.block_cache;
  table.format_version = 5;
  return table;
}

rocksdb::ColumnFamilyOptions CommonFamilyOptions() {
  rocksdb::ColumnFamilyOptions options;
  options.compression = rocksdb::kLZ4Compression;
  return options;
}

}  // namespace

rocksdb::DBOptions LogDbOptions(const RocksDbResources& resources) {
  rocksdb::DBOptions options = CommonDbOptions(resources);
  // A torn tail is what a power cut leaves behind; recovery must also rewrite and sync what it
  // replays, so that bytes which only the page cache held become durable.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.track_and_verify_wals_in_manifest = true;
  options.recycle_log_file_num = 0;
  options.avoid_flush_during_recovery = false;
  options.max_total_wal_size = 256 * kMiB;
  return options;
}

rocksdb::ColumnFamilyOptions LogFamilyOptions(const RocksDbResources& resources) {
  rocksdb::ColumnFamilyOptions options = CommonFamilyOptions();
  // The truth: every file is read back and compared when it has been written. The indexes can be
  // built again, so theirs are not.
  options.paranoid_file_checks = true;
  options.write_buffer_size = 64 * kMiB;
  options.max_write_buffer_number = 4;
  rocksdb::BlockBasedTableOptions table = TableOptions(resources);
  table.block_size = 16 * 1024;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

rocksdb::DBOptions IndexDbOptions(const RocksDbResources& resources) {
  rocksdb::DBOptions options = CommonDbOptions(resources);
  // There is no write-ahead log: rows and position of all families reach the disk together.
  options.atomic_flush = true;
  return options;
}

rocksdb::ColumnFamilyOptions LookupFamilyOptions(const RocksDbResources& resources) {
  rocksdb::ColumnFamilyOptions options = CommonFamilyOptions();
  options.write_buffer_size = 32 * kMiB;
  options.memtable_whole_key_filtering = true;
  options.memtable_prefix_bloom_size_ratio = kMemtableBloomShare;
  rocksdb::BlockBasedTableOptions table = TableOptions(resources);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

rocksdb::ColumnFamilyOptions TimerFamilyOptions(const RocksDbResources& resources) {
  constexpr std::size_t kWindowRows = 4096;
  constexpr std::size_t kDeadRowsMax = 2048;
  rocksdb::ColumnFamilyOptions options = SmallFamilyOptions(resources);
  options.table_properties_collector_factories.push_back(
      rocksdb::NewCompactOnDeletionCollectorFactory(kWindowRows, kDeadRowsMax));
  return options;
}

rocksdb::ColumnFamilyOptions SmallFamilyOptions(const RocksDbResources& resources) {
  rocksdb::ColumnFamilyOptions options = CommonFamilyOptions();
  options.write_buffer_size = 8 * kMiB;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(TableOptions(resources)));
  return options;
}

}  // namespace apdr::eventstore
