#!/bin/sh
# The driver of ivshmem takes `ranges` whole or not at all: what is wrong is refused when a device is bound, with the
# reason in the log, and leaves no pool. KTAP. Usage: ivshmem-parameters.sh BDF SIZE_MIB
bdf=$1 mib=$2 count=0
device=/sys/bus/pci/devices/$bdf
driver=$(cd -P "$device/driver" && pwd)
parameters=/sys/module/p2pmem_ivshmem/parameters
ranges=$(cat $parameters/ranges)
trap 'echo "$ranges" >$parameters/ranges; echo N >$parameters/pages_only' EXIT

ok() { count=$((count + 1)); echo "ok $count $1"; }
not_ok() { count=$((count + 1)); echo "not ok $count $1"; echo "# $2"; }
bind() { echo "$bdf" >"$driver/bind"; } 2>/dev/null
unbind() { [ ! -e "$device/driver" ] || echo "$bdf" >"$driver/unbind"; }

# refused TEXT MESSAGE
refused() {
	unbind
	echo "$1" >$parameters/ranges
	lines=$(dmesg | wc -l)
	if bind; then not_ok "ranges=$1 is refused" 'the device was bound'; return; fi
	said=$(dmesg | tail -n +$((lines + 1)) | sed -n "s/.*p2pmem-ivshmem $bdf: //p" | head -n 1)
	if [ "$said" != "$2" ]; then not_ok "ranges=$1 is refused" "the log says: $said"
	elif [ -e "$device/p2pmem" ]; then not_ok "ranges=$1 is refused" 'there is a pool'
	else ok "ranges=$1 is refused: $2"; fi
}

echo KTAP version 1
echo 1..16
refused 4M 'range 0 is not OFFSET+LENGTH'
refused +4M 'range 0 is not OFFSET+LENGTH'
refused 0+ 'range 0 is not OFFSET+LENGTH'
refused 0+4M,8M+4Mx 'range 1 is not OFFSET+LENGTH'
refused 0+4M, 'range 1 is not OFFSET+LENGTH'
refused 0+0 'range 0, 0x0+0x0, is not of whole blocks of 2048 KiB'
refused 1M+2M 'range 0, 0x100000+0x200000, is not of whole blocks of 2048 KiB'
refused 0+3M 'range 0, 0x0+0x300000, is not of whole blocks of 2048 KiB'
refused "${mib}M+2M" "$(printf 'range 0, %#x+0x200000, ends beyond BAR 2 of %#x' $((mib << 20)) $((mib << 20)))"
refused "0+$((mib + 2))M" "$(printf 'range 0, 0x0+%#x, ends beyond BAR 2 of %#x' $(((mib + 2) << 20)) $((mib << 20)))"
refused 0+4M,2M+4M 'range 1, 0x200000+0x400000, overlaps range 0, 0x0+0x400000'
refused "$(seq 0 16 | sed 's/.*/&M+0/' | paste -sd,)" 'more than 16 ranges'

echo '' >$parameters/ranges
if bind && [ "$(cat "$device/p2pmem/size")" = $((mib << 20)) ]; then ok 'without ranges all of the BAR is a pool again'
else not_ok 'without ranges all of the BAR is a pool again' "$(cat "$device/p2pmem/size" 2>&1)"; fi

echo 0 >"$device/publish"
hidden=$(cat "$device/publish" "$device/p2pmem/published" | tr -d '\n')
echo 1 >"$device/publish"
if [ "$hidden$(cat "$device/publish" "$device/p2pmem/published" | tr -d '\n')" = 0011 ]; then ok 'the file publish tells what is'
else not_ok 'the file publish tells what is' "unpublished: $hidden"; fi
if error=$( (echo maybe >"$device/publish") 2>&1); then not_ok 'publish is yes or no' 'maybe was taken'
else case $error in *'nvalid argument'*) ok 'publish is yes or no' ;; *) not_ok 'publish is yes or no' "$error" ;; esac; fi

unbind
echo Y >$parameters/pages_only
bind
if error=$( (echo 1 >"$device/publish") 2>&1); then not_ok 'pages that are no p2pmem cannot be published' 'they were'
else case $error in *'o such device'*) ok 'pages that are no p2pmem cannot be published' ;; *) not_ok 'pages that are no p2pmem cannot be published' "$error" ;; esac; fi
unbind
echo N >$parameters/pages_only
bind
