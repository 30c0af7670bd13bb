{{/* Names and labels: of the release, of one process or job, and of the Secrets. */}}
{{- define "dengwen.name" -}}
{{- if contains "dengwen" .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-dengwen{{ end -}}
{{- end }}

{{/* dict root, component: the labels by which pods are chosen; they never change. */}}
{{- define "dengwen.selector" -}}
app.kubernetes.io/name: dengwen
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* dict root, component: all labels of a thing. */}}
{{- define "dengwen.labels" -}}
{{ include "dengwen.selector" . }}
app.kubernetes.io/part-of: dengwen
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | quote }}
{{- end }}

{{/* dict root, name: the Secret of that name, as the values or the operators call it. */}}
{{- define "dengwen.secret" -}}
{{- $values := .root.Values -}}
{{- $cnpg := eq $values.postgres.kind "cloudnativepg" -}}
{{- if hasKey $values.secrets.names .name -}}
{{ index $values.secrets.names .name }}
{{- else if and (eq $values.kafka.kind "strimzi") (eq .name "kafka-ca") -}}
{{ $values.kafka.strimzi.cluster }}-cluster-ca-cert
{{- else if and $cnpg (eq .name "db-admin") -}}
{{ $values.postgres.cloudnativepg.main.name }}-superuser
{{- else if and $cnpg (eq .name "db-admin-vault") -}}
{{ $values.postgres.cloudnativepg.vault.name }}-superuser
{{- else if and $cnpg (eq .name "postgres-ca") -}}
{{ $values.postgres.cloudnativepg.main.name }}-ca
{{- else if and $cnpg (eq .name "postgres-vault-ca") -}}
{{ $values.postgres.cloudnativepg.vault.name }}-ca
{{- else -}}
{{ $values.secrets.prefix }}-{{ .name }}
{{- end -}}
{{- end }}

{{/* A setting as the environment has it: whole numbers without a point or an exponent. */}}
{{- define "dengwen.written" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) }}{{ int64 . }}{{ else }}{{ . }}{{ end -}}
{{- end }}
