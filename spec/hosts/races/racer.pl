# Swaps names in a folder of its own for links, as fast as it can, until a file says stop or the time is up.
# Arguments: what to swap ("names" in the folder, or the folder itself as "parent"), the folder, the folder to lead to.
use strict;
my ($what, $folder, $victim) = @ARGV;
my $stash = "$folder.stash";
mkdir $stash;
my $end = time + 300;
my $count = 0;
# Whatever it finds under a new name goes out of the way, and a link to something of root's takes its place.
sub swap {
  my ($name) = @_;
  my $away = "$stash/" . $count++;
  rename($name, $away) or return;
  symlink(-d $away ? "$victim/folder" : "$victim/file", $name);
}
while (time < $end && !-e "$folder.stop") {
  if ($what eq "parent") {
    rename($folder, "$stash/folder") or next;
    symlink("$victim/folder", $folder);
    select undef, undef, undef, rand 0.002;
    unlink $folder;
    rename("$stash/folder", $folder);
    select undef, undef, undef, rand 0.002;
    next;
  }
  opendir my $entries, $folder or next;
  for my $entry (grep { !/^\.\.?$/ } readdir $entries) {
    my $name = "$folder/$entry";
    if (-l $name) { unlink $name if rand() < 0.001 }
    elsif (rand() < 0.3) { swap($name) }
    # A folder of root's that is not empty cannot be moved elsewhere, but things in it may be reached by name.
    if (-d $name && !-l $name && opendir my $below, $name) {
      swap("$name/$_") for grep { !/^\.\.?$/ } readdir $below;
    }
  }
}
