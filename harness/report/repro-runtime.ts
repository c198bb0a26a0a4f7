/**
 * The part of repro.sh that is the same for every result: POSIX shell with coreutils, grep, sed and awk. The guest's
 * agent (repro-guest.ts) is told what to run over a second serial port, QEMU over its machine protocol; both are pipes.
 */
export const reproRuntime = String.raw`
fails=0 pids= readers= running= stopped= answers=0
say() { printf '%s\n' "$*"; }
ok() { say "ok      $*"; }
fail() { say "not ok  $*"; fails=$((fails + 1)); }
die() { say "repro: $1" >&2; say "  next: $2" >&2; exit 2; }

cleanup() {
	for pid in $pids $readers; do kill "$pid" 2>/dev/null; done
	wait 2>/dev/null
	rm -f "$work"/*/*.disk "$work"/*/*.bar "$work"/*/*.in "$work"/*/*.out "$work"/*.sock
}

# pin WHAT FILE SHA256 OVERRIDDEN HOW: the file of the run, or another on request
pin() {
	[ -r "$2" ] || die "there is no $1 $2" "$5"
	if [ -n "$4" ]; then
		say "$1: $2 (chosen by you, so that its hash is not checked)"
	elif printf '%s  %s\n' "$3" "$2" | sha256sum -c --status -; then
		say "$1: $2 (as in the run, sha256 $3)"
	else
		die "$1 $2 is not that of the run: its sha256 is not $3" "$5"
	fi
}

# start MACHINE: QEMU in a folder of its own, as the function qemu_MACHINE says
start() {
	(cd "$work/$1" && mkfifo steps.in steps.out qmp.in qmp.out) || exit 2
	cat "$work/$1/steps.out" >"$work/$1/steps.log" &
	readers="$readers $!"
	cat "$work/$1/qmp.out" >"$work/$1/qmp.log" &
	readers="$readers $!"
	(cd "$work/$1" && qemu_"$2") >"$work/$1/qemu.log" 2>&1 </dev/null &
	pids="$pids $!"
	running="$running $1:$!"
	wait_for "$work/$1/qmp.log" '"QMP"' 20 ||
		die "QEMU of $1 does not start: $(tail -n 1 "$work/$1/qemu.log")" "read $work/$1/qemu.log"
	qmp "$1" '"qmp_capabilities"' || die "QEMU of $1 does not answer" "read $work/$1/qemu.log"
	wait_for "$work/$1/steps.log" '^ready' "$boot_s"
	case $? in
	0) ok "$1 boots: $(sed -n 's/^ready //p' "$work/$1/steps.log")" ;;
	1) died ;;
	*) fail "boot of $1 took over $boot_s s"; stopped=yes ;;
	esac
}

# Whether every machine still runs that no step has ended.
alive() {
	for vm in $running; do
		kill -0 "\${vm#*:}" 2>/dev/null || return 1
	done
}

# wait_for FILE PATTERN SECONDS: 0 the line is there, 1 a machine ended, 2 time is over
wait_for() {
	tries=$(($3 * 5))
	while ! grep -q -e "$2" "$1" 2>/dev/null; do
		alive || { sleep 1; grep -q -e "$2" "$1"; return; }
		[ "$tries" -gt 0 ] || return 2
		tries=$((tries - 1))
		sleep 0.2
	done
}

# A machine that ended, and no step meant it to.
died() {
	stopped=yes
	for vm in $running; do
		kill -0 "\${vm#*:}" 2>/dev/null && continue
		name=\${vm%%:*}
		panic=$(sed -n 's/.*Kernel panic - not syncing: //p' "$work/$name/console.log" | head -n 1)
		if [ -z "$panic" ]; then
			die "QEMU of $name ended by itself: $(tail -n 1 "$work/$name/qemu.log")" "read $work/$name/qemu.log"
		fi
		$panic_is "$name: the kernel panicked: $panic"
	done
}

# send MACHINE PIPE LINE: never waits for a reader that is gone
send() { timeout 20 sh -c 'printf "%s\n" "$1" >"$2"' sh "$3" "$work/$1/$2"; }

# qmp MACHINE 'COMMAND, "arguments": …': the answer is left in $answer
qmp() {
	answers=$((answers + 1))
	send "$1" qmp.in "{\"execute\": $2, \"id\": $answers}"
	wait_for "$work/$1/qmp.log" "\"id\": $answers[,}]" 20 || return
	answer=$(grep -e "\"id\": $answers[,}]" "$work/$1/qmp.log")
	case $answer in *'"error"'*) return 3 ;; esac
}

# info_pci MACHINE: what QEMU has plugged in and where its BARs are, into pci.txt
info_pci() {
	qmp "$1" '"human-monitor-command", "arguments": {"command-line": "info pci"}' || return
	printf '%s\n' "$answer" | awk '{ gsub(/\\r\\n/, "\n"); gsub(/\\"/, "\""); print }' >"$work/$1/pci.txt"
}

# command MACHINE ID WHAT: a script in the guest, by its number
command_in() {
	[ -z "$stopped" ] || return 0
	send "$1" steps.in "$2"
	wait_for "$work/$1/steps.log" "^exit $2 " "$step_s"
	case $? in
	1) died; return ;;
	2) fail "$3 took over $step_s s"; stopped=yes; return ;;
	esac
	code=$(sed -n "s/^exit $2 //p" "$work/$1/steps.log")
	if [ "$code" = 0 ]; then
		ok "$3"
	else
		fail "$3 exits with $code: $(sed -n "s/^err $2 //p" "$work/$1/steps.log" | tail -n 1)"
		stopped=yes
	fi
}

# action MACHINE WHAT 'COMMAND' GONE ENDS: what QEMU does to a machine in the middle of a step
action() {
	[ -z "$stopped" ] || return 0
	[ -z "$5" ] || running=$(printf '%s\n' $running | grep -v "^$1:" | tr '\n' ' ')
	qmp "$1" "$3" || { [ -n "$5" ] || die "$2: QEMU refuses: $answer" "read $work/$1/qmp.log"; }
	if [ -n "$4" ]; then
		tries=$((gone_s * 5))
		while info_pci "$1" && grep -q "id \"$4\"" "$work/$1/pci.txt"; do
			[ "$tries" -gt 0 ] || { fail "$2: the kernel has not let $4 go within $gone_s s"; stopped=yes; return; }
			tries=$((tries - 1))
			sleep 0.2
		done
	fi
	ok "$2"
}

# begin STEP: what is traced from now on is that step's
begin() {
	[ -z "$stopped" ] || return 0
	for machine in $machines; do
		[ -e "$work/$machine/dma.trace" ] || continue
		wc -c <"$work/$machine/dma.trace" >"$work/$machine/begin-$1"
		info_pci "$machine" && cp "$work/$machine/pci.txt" "$work/$machine/pci-$1.txt"
	done
}

# end STEP
end() {
	[ -z "$stopped" ] || return 0
	for machine in $machines; do
		[ -e "$work/$machine/begin-$1" ] || continue
		read -r from <"$work/$machine/begin-$1"
		tail -c "+$((from + 1))" "$work/$machine/dma.trace" | grep '^pci_nvme' >"$work/$machine/trace-$1"
	done
}

# data STEP MACHINE DRIVE NSID THROUGH PERCENT CAPSULE COMMANDS: from QEMU's trace of the drive's addresses
data() {
	[ -e "$work/$2/trace-$1" ] || return 0
	awk -v nsid="$4" -v through="$5" -v drive="$3" -v low="$low_ram" -v high="$high_ram" '
		function hex(text,  value, i) {
			text = tolower(text); sub(/^0x/, "", text); value = 0
			for (i = 1; i <= length(text); i++) value = value * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
			return value
		}
		function inside(at,  i) {
			if (through == "none") return at < low || (at >= 4294967296 && at < 4294967296 + high)
			for (i = 1; i <= windows; i++) if (at >= first[i] && at <= last[i]) return 1
			return 0
		}
		FNR == NR {
			if ($1 == "Bus") bars = 0
			if ($1 ~ /^BAR[0-9]:/ && $0 ~ /memory at/) {
				at = $0; sub(/.*memory at /, "", at); split(at, part, /[^0-9a-fx]+/)
				bars++; from[bars] = hex(part[1]); to[bars] = hex(part[2])
			}
			if ($1 == "id" && $2 == "\"" through "\"")
				for (i = 1; i <= bars; i++) { windows++; first[windows] = from[i]; last[windows] = to[i] }
			next
		}
		/^pci_nvme_(read|write) / {
			mine = match($0, " nsid " nsid " "); rest = 0
			if (mine) { count = $0; sub(/.* count /, "", count); rest = count + 0; commands++ }
			next
		}
		/^pci_nvme_map_addr / && rest > 0 {
			rest -= $5; all += $5
			if (inside(hex($3))) within += $5
		}
		END { printf "%.0f %.0f %d\n", within, all, commands }
	' "$work/$2/pci-$1.txt" "$work/$2/trace-$1" >"$work/$2/share-$1-$3"
	read -r within all commands <"$work/$2/share-$1-$3"
	what="$1: $within of $all B of $3 through $5, want $6 %"
	[ "$7" = 0 ] || what="$what but $7 B in capsules"
	if awk -v w="$within" -v a="$all" -v p="$6" -v c="$7" 'BEGIN { a -= c; exit !(a > 0 && w / a * 100 >= p) }'; then
		ok "$what"
	else
		fail "$what"
	fi
	[ -z "$8" ] || is "$1: commands of $3" "$8" "$commands"
}

is() { if [ "$2" = "$3" ]; then ok "$1 is $2"; else fail "$1 is $3, not $2"; fi; }

# value WHAT MACHINE ID WANT out|err SED-SCRIPT: a figure in a command's output
value() {
	grep -q "^exit $3 0" "$work/$2/steps.log" || return 0
	is "$1" "$4" "$(sed -n "s/^$5 $3 //p" "$work/$2/steps.log" | sed -n "$6" | head -n 1)"
}

# pools MACHINE ID: size, available and published of every provider, at one moment
pools() {
	[ -z "$stopped" ] || return 0
	case " $running" in *" $1:"*) ;; *) return 0 ;; esac
	send "$1" steps.in "pools $2"
	wait_for "$work/$1/steps.log" "^exit $2 " "$step_s" || { died; return 0; }
	sed -n "s/^out $2 //p" "$work/$1/steps.log" >"$work/$1/$2"
}

# same_pools MACHINE BEFORE AFTER
same_pools() {
	[ -e "$work/$1/$3" ] || return 0
	while read -r _ bdf pool; do
		now=$(sed -n "s/^pool $bdf //p" "$work/$1/$3")
		[ -n "$now" ] || continue
		what="$1: the pool of $bdf is $pool (size, available, published) before the first step"
		if [ "$now" = "$pool" ]; then ok "$what and $3"; else fail "$what, $now $3"; fi
	done <"$work/$1/$2"
}

# text_of MACHINE: the kernel's text of every line on its console
text_of() { sed -e 's/^.*\[ *[0-9]*\.[0-9]\{6\}\]\(\[ *[TC][0-9]*\]\)\{0,1\} \{0,1\}//' "$work/$1/console.log" | tr -d '\r'; }

# clean_log NAME PATTERN: a kind of line that no kernel of the rig may print
clean_log() {
	for machine in $machines; do
		[ -e "$work/$machine/console.log" ] || continue
		line=$(text_of "$machine" | grep -E -m 1 -e "$2") && { fail "$machine: the kernel log tells of $1: $line"; dirty=yes; }
	done
}

# wanted_log NAME PATTERN
wanted_log() {
	for machine in $machines; do
		line=$(text_of "$machine" | grep -E -m 1 -e "$2") && { ok "the kernel log tells of $1: $line"; return; }
	done
	fail "the kernel log does not tell of $1"
}
`.replaceAll('\\${', '${');
