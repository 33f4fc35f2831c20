#!/usr/bin/env bash
# Prints the Secrets and the ConfigMap of a new installation, made of its key files and passwords:
#
#   tenantlink keys generate keys
#   tenantlink topology passwords keys/passwords.json
#   deploy/kustomize/secrets.sh keys | kubectl apply -n tenantlink-development -f -
#
# With secrets of your own making (External Secrets, Vault), this says which ones there have to be.
# Environment, each with the default that fits the components of this folder:
#   BROKER               host and port of AMQP            tenantlink-broker:5672
#   MANAGEMENT           scheme, host and port            http://tenantlink-broker:15672
#   MANAGEMENT_USER, MANAGEMENT_PASSWORD                   the broker's administrator
#   DATABASE_HOST_OF     printf pattern for the service   %s-database-rw:5432
#   DATABASE_PASSWORD_onboarding, ...                      of each service's role
#   OIDC_CLIENT_SECRET                                     of the console
set -euo pipefail
keys=$1
quoted() { python3 -c 'import sys, urllib.parse; print(urllib.parse.quote(sys.argv[1], safe=""))' "$1"; }
password_of() {
  python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$keys/passwords.json" "$1"
}
secret() {
  local name=$1
  shift
  echo "---"
  kubectl create secret generic "$name" "$@" --dry-run=client -o yaml
}

for service in onboarding invitation credential-validator notifier; do
  package=${service//-/_}
  password=DATABASE_PASSWORD_$package
  # shellcheck disable=SC2059  # the pattern is the setting
  host=$(printf "${DATABASE_HOST_OF:-%s-database-rw:5432}" "$service")
  secret "$service-database" \
    --from-literal=url="postgresql+psycopg2://$package:$(quoted "${!password:?is not set}")@$host/$package"
  password=$(password_of "$service")
  secret "$service-broker" --from-literal=username="$service" --from-literal=password="$password" \
    --from-literal=url="amqp://$service:$(quoted "$password")@${BROKER:-tenantlink-broker:5672}/tenantlink"
  secret "$service-sealing-keys" --from-file=sealing.jwks.json="$keys/$service.sealing.jwks.json"
done
secret credential-validator-store-keys --from-file=store.jwks.json="$keys/credential-validator.store.jwks.json"
secret invitation-link-keys --from-file=link.jwks.json="$keys/invitation.link.jwks.json"
for service in onboarding invitation; do
  secret "$service-session-key" --from-file=session.key="$keys/$service.session.key"
done
secret onboarding-oidc --from-literal=client-secret="${OIDC_CLIENT_SECRET:?is not set}"
user=$(quoted "${MANAGEMENT_USER:-admin}")
place=${MANAGEMENT:-http://tenantlink-broker:15672}
secret tenantlink-topology --from-file=passwords.json="$keys/passwords.json" \
  --from-literal=management-url="${place%%://*}://$user:$(quoted "${MANAGEMENT_PASSWORD:?is not set}")@${place#*://}"
echo "---"
kubectl create configmap tenantlink-public-keys --from-file=public.jwks.json="$keys/public.jwks.json" \
  --dry-run=client -o yaml
