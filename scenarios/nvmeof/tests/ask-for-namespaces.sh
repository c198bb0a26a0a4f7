#!/bin/sh
# What a target answers to a host that asks for a namespace that is disabled, and for one that is not there. TAP.
# Usage: ask-for-namespaces.sh SUBSYSTEM DISABLED MISSING
for file in /sys/class/nvme/nvme*/subsysnqn; do
	case $(cat "$file") in *"$1") controller=$(basename "$(dirname "$file")") ;; esac
done

# answered NUMBER NSID MEANING WORDS
answered() {
	said=$(nvme smart-log "/dev/$controller" --namespace-id="$2" 2>&1 | head -n 1)
	case $said in
	*"$4"*) echo "ok $1 - namespace $2 $3" ;;
	*) echo "not ok $1 - namespace $2 $3"; echo "# $said" ;;
	esac
}

echo TAP version 14
echo 1..3
answered 1 "$2" 'is disabled' 'Internal Path Error'
answered 2 "$2" 'is disabled, asked again' 'Internal Path Error'
answered 3 "$3" 'is not there' 'Invalid Namespace'
