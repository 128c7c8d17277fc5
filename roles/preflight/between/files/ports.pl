# Tries ports of other hosts, and listens on own ports while other hosts try them. Arguments: the own number, seconds to
# try, seconds to listen, then a word for each: "listen PORT NUMBER,NUMBER…" with the numbers of hosts that will come, and
# "try INDEX ADDRESS PORT". Prints "INDEX open", "INDEX refused" or "INDEX silent" for each try.
use strict;
use warnings;
use Errno qw(ECONNREFUSED);
use IO::Select;
use IO::Socket::INET;
use Socket;

$SIG{PIPE} = 'IGNORE';
my ($me, $trying, $listening, @words) = @ARGV;
my $begin = time;
my (%listeners, %awaited, %targets, %state, %guests);
my $select = IO::Select->new;
for (@words) {
  my ($what, @rest) = split / /;
  if ($what eq 'listen') {
    my ($port, $hosts) = @rest;
    # A program of the cluster may listen there already: then it answers itself.
    my $socket = IO::Socket::INET->new(LocalPort => $port, Proto => 'tcp', Listen => 128, ReuseAddr => 1, Blocking => 0) or next;
    $listeners{$socket} = [$socket, $port];
    $awaited{"$port $_"} = 1 for split /,/, $hosts;
    $select->add($socket);
  } else {
    my ($index, $address, $port) = @rest;
    $targets{$index} = [$address, $port];
    $state{$index} = 'silent';
  }
}

# One connection a try, in a process of its own: names may have to be looked up.
my %children;
sub attempt {
  my ($index) = @_;
  my ($address, $port) = @{ $targets{$index} };
  pipe(my $reader, my $writer) or die "pipe: $!";
  my $pid = fork;
  die "fork: $!" unless defined $pid;
  if ($pid) { close $writer; $children{$reader} = [$reader, $index, $pid]; $select->add($reader); return; }
  close $reader;
  # Nothing may listen once the parent has ended.
  close $_->[0] for values %listeners;
  $SIG{ALRM} = sub { exit 0 };
  alarm 5;
  my $socket = IO::Socket::INET->new(PeerAddr => $address, PeerPort => $port, Proto => 'tcp', Timeout => 4);
  my $said = $socket ? 'open' : $! == ECONNREFUSED ? 'refused' : 'silent';
  print {$socket} "kubeplay $me\n" if $socket;
  syswrite $writer, $said;
  exit 0;
}

attempt($_) for keys %targets;
while (1) {
  my $passed = time - $begin;
  my $waits = grep { $_ ne 'open' } values %state;
  last if ($passed >= $trying or !$waits) and ($passed >= $listening or !%awaited);
  for my $handle ($select->can_read(0.2)) {
    if ($listeners{$handle}) {
      my $guest = $handle->accept or next;
      $guests{$guest} = $listeners{$handle}[1];
      $select->add($guest);
    } elsif (my $child = $children{$handle}) {
      my ($reader, $index) = @$child;
      my $said = '';
      sysread $reader, $said, 16;
      $state{$index} = $said || 'silent';
      $select->remove($reader);
      delete $children{$handle};
      close $reader;
    } else {
      my $port = delete $guests{$handle};
      my $line = '';
      sysread $handle, $line, 64;
      delete $awaited{"$port $1"} if $line =~ /^kubeplay (\d+)$/m;
      $select->remove($handle);
      close $handle;
    }
  }
  1 while waitpid(-1, 1) > 0;
  my %busy = map { $_->[1] => 1 } values %children;
  my @again = grep { $state{$_} ne 'open' and !$busy{$_} } keys %targets;
  next if !@again or $passed >= $trying;
  select undef, undef, undef, 0.3;
  attempt($_) for @again;
}
kill 'KILL', map { $_->[2] } values %children;
print "$_ $state{$_}\n" for keys %state;
